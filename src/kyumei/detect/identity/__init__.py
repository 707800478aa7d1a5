"""Who is whom: spellings of one account joined from evidence."""

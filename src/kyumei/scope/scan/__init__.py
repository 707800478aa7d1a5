"""Personal data in running text and unknown bytes."""

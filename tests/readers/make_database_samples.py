"""Write the sample folders of the database-log readers: `python -m tests.readers.make_database_samples`, the same bytes each time.

Hosts, people and addresses are invented (RFC 2606, RFC 5737, RFC 3849).
"""

from __future__ import annotations

from tests.readers.make_log_samples import write

# ruff: noqa: E501  # log lines are as long as they are

BANNER = """\
/usr/sbin/mysqld, Version: 8.0.36 (MySQL Community Server - GPL). started with:
Tcp port: 3306  Unix socket: /var/run/mysqld/mysqld.sock
Time                 Id Command    Argument
"""


def mysql_general() -> None:
    ordinary = BANNER + (
        "2024-06-17T01:02:03.123456Z\t   12 Connect\tapp@192.0.2.10 on shop using TCP/IP\n"
        "2024-06-17T01:02:03.200000Z\t   12 Query\tSELECT *\n\tFROM `customers`\n\tWHERE id = 5\n"
        "2024-06-17T01:02:04.000000Z\t   13 Connect\troot@localhost on  using Socket\n"
        "2024-06-17T01:02:04.100000Z\t   13 Init DB\tshop\n"
        "2024-06-17T01:02:05.000000Z\t   12 Prepare\tSELECT name FROM customers WHERE id = ?\n"
        "2024-06-17T01:02:05.000100Z\t   12 Execute\tSELECT name FROM customers WHERE id = 7\n"
        "2024-06-17T01:02:05.000200Z\t   12 Close stmt\t\n"
        "2024-06-17T10:02:06.000000+09:00\t   13 Query\tUPDATE customers SET tel='090-0000-0000' WHERE id=7\n"
        "2024-06-17T01:02:07.000000Z\t   13 Query\tSELECT id, name INTO OUTFILE '/tmp/c.csv' FROM customers\n"
        "2024-06-17T01:02:08.000000Z\t   13 Query\tSELECT /*!40001 SQL_NO_CACHE */ * FROM `customers`\n"
        "2024-06-17T01:02:09.000000Z\t   14 Connect\tAccess denied for user 'root'@'198.51.100.7' (using password: YES)\n"
        "2024-06-17T01:02:10.000000Z\t   12 Quit\t\n"
    )
    write("database.mysql_general", "ordinary", "db01.log", ordinary)
    old = (
        "/usr/libexec/mysqld, Version: 10.3.39-MariaDB (MariaDB Server). started with:\n"
        "Tcp port: 3306  Unix socket: /var/lib/mysql/mysql.sock\nTime\t\t    Id Command\tArgument\n"
        "240617 10:02:03\t    31 Connect\tweb@192.0.2.20 as anonymous on shop\n\t\t    31 Query\tselect 1\n\t\t    31 Query\tselect tel from members\n"
        "240617  9:02:04\t    31 Query\tinsert into members (name) values ('x')\n\t\t    31 Quit\t\n"
    )
    write("database.mysql_general", "mariadb_old_times", "maria.log", old)
    damaged = (
        "the end of a statement whose beginning is lost\n" + ordinary[len(BANNER) : 260] + "\n\n"
        "2024-13-41T01:02:03.123456Z\t   15 Query\tSELECT a FROM b\n2024-06-17T01:02:03.1"
    )
    write("database.mysql_general", "damaged", "db01.log", damaged.encode() + bytes(32) + b"\n" + ordinary[260:420].encode())
    japanese = "2024-06-17T01:02:03.123456Z\t   12 Connect\t業務@192.0.2.10 on 顧客 using TCP/IP\n2024-06-17T01:02:04.0Z\t   12 Query\tSELECT 氏名 FROM 顧客 WHERE 氏名 LIKE '髙橋%'\n"
    write("database.mysql_general", "japanese", "db01.log", BANNER + japanese)
    cp932 = BANNER + japanese.replace("髙", "高").replace("業務", "gyomu")
    write("database.mysql_general", "cp932", "db01.log", cp932.encode("cp932"))
    write("database.mysql_general", "empty", "db01.log", BANNER)


def postgresql_log() -> None:
    ordinary = (
        "2024-06-17 10:02:03.123 JST [4101] [unknown]@[unknown] LOG:  connection received: host=192.0.2.10 port=51022\n"
        "2024-06-17 10:02:03.130 JST [4101] app@shop LOG:  connection authorized: user=app database=shop application_name=psql\n"
        "2024-06-17 10:02:04.000 JST [4101] app@shop LOG:  statement: SELECT *\n\tFROM customers\n\tWHERE id = 5;\n"
        "2024-06-17 10:02:05.000 JST [4101] app@shop LOG:  execute <unnamed>: SELECT name FROM public.customers WHERE id = $1 AND memo = $2\n"
        "2024-06-17 10:02:05.000 JST [4101] app@shop DETAIL:  parameters: $1 = '7', $2 = 'it''s\n\tlong'\n"
        "2024-06-17 10:02:06.000 JST [4101] app@shop LOG:  duration: 12.345 ms  statement: COPY customers (id, name) TO STDOUT;\n"
        '2024-06-17 10:02:07.000 JST [4101] app@shop ERROR:  relation "nothing" does not exist at character 15\n'
        "2024-06-17 10:02:07.000 JST [4101] app@shop STATEMENT:  SELECT * FROM nothing;\n"
        '2024-06-17 10:02:08.000 JST [4102] admin@shop FATAL:  password authentication failed for user "admin"\n'
        '2024-06-17 10:02:08.000 JST [4102] admin@shop DETAIL:  Connection matched pg_hba.conf line 96: "host all all 192.0.2.0/24 md5"\n'
        "2024-06-17 10:02:09.000 JST [4101] app@shop LOG:  disconnection: session time: 0:00:05.877 user=app database=shop host=192.0.2.10 port=51022\n"
    )
    write("database.postgresql_log", "ordinary", "postgresql-2024-06-17.log", ordinary)
    prefixes = (
        "2024-06-17 01:02:03 UTC:192.0.2.10(51234):app@shop:[4101]:LOG:  statement: DELETE FROM customers WHERE id = 3\n"
        "2024-06-17 01:02:04 UTC [4101]: [5-1] user=app,db=shop,app=psql,client=192.0.2.10 LOG:  duration: 0.1 ms  bind S_1: SELECT 1 FROM a\n"
        "1718586125.123 [4101] 666f8a1b.1005 LOG:  statement: INSERT INTO customers (name) VALUES ('x')\n"
        "2024-06-17 01:02:06.5+00 [4101] LOG:  statement: select 1\n"
    )
    write("database.postgresql_log", "other_prefixes", "error.log", prefixes)
    audit = (
        '2024-06-17 10:02:04.000 JST [4101] app@shop LOG:  AUDIT: SESSION,1,1,READ,SELECT,,,"SELECT ""name"", email FROM customers WHERE id = $1","5",1\n'
        "2024-06-17 10:02:05.000 JST [4101] app@shop LOG:  AUDIT: OBJECT,2,1,READ,SELECT,TABLE,public.customers,SELECT name FROM customers,<none>\n"
        "2024-06-17 10:02:06.000 JST [4101] app@shop LOG:  AUDIT: SESSION,3,1,DDL,CREATE ROLE,,,CREATE ROLE backup2 LOGIN,<not logged>\n"
        "2024-06-17 10:02:07.000 JST [4101] app@shop LOG:  AUDIT: SESSION,4,1,READ,SELECT,,,<previously logged>,<previously logged>\n"
    )
    write("database.postgresql_log", "pgaudit", "postgresql.log", audit)
    damaged = (
        "\tWHERE lost = 1;\nnothing that it knows\n"
        + ordinary[:330]
        + "\n2024-06-31 10:02:04.000 JST [4101] app@shop LOG:  statement: SELECT a FROM b\n2024-06-17 10:0"
    )
    write("database.postgresql_log", "damaged", "postgresql.log", damaged.encode() + bytes(16) + b"\n")
    japanese = (
        "2024-06-17 10:02:03.123 JST [4101] 業務@顧客 LOG:  文: これは文でない\n"
        "2024-06-17 10:02:04.000 JST [4101] 業務@顧客 LOG:  statement: SELECT 氏名, 住所 FROM 顧客 WHERE 氏名 LIKE '髙橋%'\n"
    )
    write("database.postgresql_log", "japanese", "postgresql.log", japanese)
    write("database.postgresql_log", "cp932", "postgresql.log", japanese.replace("髙", "高").encode("cp932"))
    empty = "2024-06-17 10:02:03.123 JST [1] LOG:  database system is ready to accept connections\n"
    write("database.postgresql_log", "without_statements", "postgresql.log", empty)


if __name__ == "__main__":
    mysql_general()
    postgresql_log()

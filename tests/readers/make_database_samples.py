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


CSV = (
    '2024-06-17 10:02:03.123 JST,"app","shop",4101,"192.0.2.10:51022",666f8a1b.1005,1,"authentication",2024-06-17 10:02:03 JST,3/1,0,LOG,00000,'
    '"connection authorized: user=app database=shop",,,,,,,,,"psql","client backend",,0\n'
    '2024-06-17 10:02:04.000 JST,"app","shop",4101,"192.0.2.10:51022",666f8a1b.1005,2,"SELECT",2024-06-17 10:02:03 JST,3/2,0,LOG,00000,'
    '"execute <unnamed>: SELECT ""name"",\n  email FROM customers WHERE id = $1","parameters: $1 = \'5\'",,,,,,,,"psql","client backend",,123\n'
    '2024-06-17 10:02:05.000 JST,"app","shop",4101,"[local]",666f8a1b.1005,3,"SELECT",2024-06-17 10:02:03 JST,3/3,0,ERROR,42P01,'
    '"relation ""nothing"" does not exist",,,,,,"SELECT * FROM nothing",15,,"psql","client backend",,0\n'
)


def postgresql_csv() -> None:
    write("database.postgresql_csv", "ordinary", "postgresql.csv", CSV)
    old = CSV.replace(',"client backend",,0\n', "\n").replace(',"client backend",,123\n', "\n")
    write("database.postgresql_csv", "version_9", "postgresql.csv", old)
    write("database.postgresql_csv", "damaged", "postgresql.csv", "WHERE lost\n" + CSV + CSV[:150] + "\n" + CSV[:160])
    write("database.postgresql_csv", "japanese", "postgresql.csv", CSV.replace("customers", "顧客").replace('"app"', '"業務"'))


def postgresql_json() -> None:
    one = (
        '{"timestamp":"2024-06-17 10:02:04.000 JST","user":"app","dbname":"shop","pid":4101,"remote_host":"192.0.2.10","remote_port":51022,'
        '"session_id":"666f8a1b.1005","line_num":2,"ps":"SELECT","error_severity":"LOG","message":"execute <unnamed>: SELECT name FROM 顧客 WHERE id = $1",'
        '"detail":"parameters: $1 = \'5\'","application_name":"psql","backend_type":"client backend","query_id":0}\n'
    )
    pod = (
        '{"level":"info","ts":1718586124.0,"logger":"pgaudit","msg":"record","logging_pod":"shop-1","record":{"log_time":"2024-06-17 01:02:04.000 UTC",'
        '"user_name":"app","database_name":"shop","process_id":"600","connection_from":"192.0.2.10:51022","session_id":"6383b33a.258","error_severity":"LOG",'
        '"message":"","audit":{"audit_type":"SESSION","statement_id":"1","substatement_id":"1","class":"READ","command":"SELECT","object_type":"",'
        '"object_name":"","statement":"select \\"name\\" from customers","parameter":"<none>"}}}\n'
    )
    write("database.postgresql_json", "ordinary", "postgresql.json", one + one.replace("顧客", "customers"))
    write("database.postgresql_json", "cloudnative_pgaudit", "pod.log", pod)
    write("database.postgresql_json", "damaged", "postgresql.json", one + one[:90] + "\n" + one + '{"error_severity": ')


SLOW = """\
/usr/sbin/mysqld, Version: 8.0.36 (MySQL Community Server - GPL). started with:
Tcp port: 3306  Unix socket: /var/run/mysqld/mysqld.sock
Time                 Id Command    Argument
# Time: 2024-06-17T01:02:03.123456Z
# User@Host: app[app] @ web01.example.jp [192.0.2.10]  Id:    12
# Query_time: 1.200000  Lock_time: 0.000010 Rows_sent: 5  Rows_examined: 200
use shop;
SET timestamp=1718586122;
SELECT name,
  email FROM customers WHERE id < 6;
# Time: 2024-06-17T01:02:04.000000Z
# User@Host: app[app] @ web01.example.jp [192.0.2.10]  Id:    12
# Query_time: 0.100000  Lock_time: 0.000000 Rows_sent: 0  Rows_examined: 0
SET timestamp=1718586124;
UPDATE customers SET tel = '1' WHERE id = 3;
"""


def mysql_slow() -> None:
    write("database.mysql_slow", "ordinary", "slow.log", SLOW)
    old = (
        "# Time: 240617  9:02:03\n# User@Host: web[web] @ localhost []\n# Thread_id: 31  Schema: shop  QC_hit: No\n"
        "# Query_time: 0.5  Lock_time: 0.0  Rows_sent: 1  Rows_examined: 9\nSET timestamp=1718582523;\nselect tel from members where name = '髙橋';\n"
        "# User@Host: web[web] @ localhost []\n# Thread_id: 31  Schema: shop  QC_hit: No\n"
        "# Query_time: 0.5  Lock_time: 0.0  Rows_sent: 0  Rows_examined: 9\nselect tel from members where id = 8;\n"
    )
    write("database.mysql_slow", "mariadb_japanese", "slow.log", old)
    write(
        "database.mysql_slow",
        "damaged",
        "slow.log",
        "lost;\n" + SLOW[190:500] + "\n# Time: 2024-06-17T01:02:03\n# Query_time: 0.1  Lo",
    )


def mariadb_audit() -> None:
    ordinary = (
        "20240617 10:02:03,db01,app,192.0.2.10,12,0,CONNECT,shop,,0\n"
        "20240617 10:02:04,db01,app,192.0.2.10,12,345,QUERY,shop,'select name, email from customers where name = \\'O\\\\\\'N\\' and id in (1,2)',0\n"
        "20240617 10:02:04,db01,app,192.0.2.10,12,345,READ,shop,customers,\n"
        "20240617 10:02:05,db01,root,198.51.100.7,13,0,FAILED_CONNECT,,,1045\n"
        "20240617 10:02:06,db01,app,192.0.2.10,12,346,QUERY,shop,'delete from customers\\nwhere id = 3',1064\n"
        "20240617 10:02:07,db01,app,192.0.2.10,12,0,DISCONNECT,shop,,0\n"
    )
    write("database.mariadb_audit", "ordinary", "server_audit.log", ordinary)
    aurora = "1718586124123456,db-1,app,192.0.2.10,12,345,QUERY,shop,'select 氏名 from 顧客',0,,\n"
    write("database.mariadb_audit", "aurora_japanese", "audit.log", aurora)
    syslog = "Jun 17 10:02:04 db01 mysql-server_auditing: 20240617 10:02:04,db01,app,192.0.2.10,12,345,QUERY,shop,'select 1 from t',0\n"
    damaged = "half a line\n" + ordinary[:200] + "\n" + ordinary[59:120] + "\n" + syslog
    write("database.mariadb_audit", "damaged_syslog", "server_audit.log", damaged)


def mysql_audit() -> None:
    enterprise = (
        '[\n{ "timestamp": "2024-06-17 01:02:03", "id": 0, "class": "connection", "event": "connect", "connection_id": 12,\n'
        '  "account": { "user": "app", "host": "web01" }, "login": { "user": "app", "os": "", "ip": "192.0.2.10", "proxy": "" },\n'
        '  "connection_data": { "connection_type": "ssl", "status": 0, "db": "shop" } },\n'
        '{ "timestamp": "2024-06-17 01:02:04", "id": 1, "class": "general", "event": "status", "connection_id": 12,\n'
        '  "account": { "user": "app", "host": "web01" }, "login": { "user": "app", "os": "", "ip": "192.0.2.10", "proxy": "" },\n'
        '  "general_data": { "command": "Query", "sql_command": "select", "query": "SELECT 氏名 FROM 顧客", "status": 0 },\n'
        '  "query_statistics": { "rows_sent": 7 } }\n]\n'
    )
    write("database.mysql_audit", "enterprise_json", "audit.log", enterprise)
    percona = (
        '{"audit_record":{"name":"Connect","record":"1_x","timestamp":"2024-06-17T01:02:03Z","connection_id":"13","status":1045,"user":"root","host":"",'
        '"os_login":"","proxy_user":"","ip":"198.51.100.7","db":""}}\n'
        '{"audit_record":{"name":"Query","record":"2_x","timestamp":"2024-06-17T01:02:04Z","command_class":"select","connection_id":"12","status":0,'
        '"sqltext":"SELECT name FROM customers","user":"app[app] @ web01 [192.0.2.10]","host":"web01","os_user":"","ip":"192.0.2.10","db":"shop"}}\n'
    )
    write("database.mysql_audit", "percona_json_damaged", "audit.log", percona + percona[:80])
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<AUDIT>\n <AUDIT_RECORD>\n  <TIMESTAMP>2024-06-17T01:02:04 UTC</TIMESTAMP>\n  <RECORD_ID>6_x</RECORD_ID>\n'
        "  <NAME>Query</NAME>\n  <CONNECTION_ID>12</CONNECTION_ID>\n  <STATUS>0</STATUS>\n  <USER>app[app] @ web01 [192.0.2.10]</USER>\n  <HOST>web01</HOST>\n"
        "  <IP>192.0.2.10</IP>\n  <COMMAND_CLASS>select</COMMAND_CLASS>\n  <SQLTEXT>SELECT * FROM customers WHERE id &lt; 5</SQLTEXT>\n </AUDIT_RECORD>\n"
        ' <AUDIT_RECORD\n  NAME="Quit"\n  TIMESTAMP="2024-06-17T01:02:05 UTC"\n  CONNECTION_ID="12"\n  STATUS="0"/>\n <AUDIT_RECORD>\n  <TIMEST'
    )
    write("database.mysql_audit", "xml_both", "audit.xml", xml)


def exports() -> None:
    audit = (
        "event_time,sequence_number,action_id,succeeded,session_id,server_principal_name,server_instance_name,database_name,object_name,statement,client_ip,application_name,affected_rows\n"
        '2024-06-17 01:02:04.1234567,1,SL,true,52,CORP\\app,DB01,shop,customers,"SELECT name,\n  email FROM dbo.customers WHERE memo = N\'""x""\'",192.0.2.10,Report,12\n'
        "2024-06-17 01:02:05.0000000,1,LGIF,false,0,sa,DB01,,,Login failed,198.51.100.7,,0\n"
    )
    write("database.sqlserver_audit", "audit_file", "audit.csv", audit)
    xel = "name,timestamp,batch_text,client_hostname,database_name,row_count,username,session_id\nsql_batch_completed,2024-06-17 01:02:04.1234567,SELECT * FROM 顧客,PC1,shop,3,app,52\nsql_batch_completed,2024-06-17 01:0\n"
    write("database.sqlserver_audit", "xevents_damaged", "trace.csv", "\ufeff" + xel)
    oracle = (
        '"EVENT_TIMESTAMP","DBUSERNAME","ACTION_NAME","OBJECT_SCHEMA","OBJECT_NAME","SQL_TEXT","SQL_BINDS","RETURN_CODE","USERHOST","SESSIONID"\n'
        '"2024-06-17 10:02:04.123456","APP","SELECT","SHOP","CUSTOMERS","select name from customers where id = :1"," #1(1):7","0","web01","4711"\n'
        '"2024-06-17 10:02:05.000000","SYSTEM","LOGON","","","","","1017","pc9","4712"\n'
        '"2024-06-17 10:02:06.000000","APP","SELECT","SHOP","顧客","select 氏名 from 顧客","","0","web01","4711"\n"cut'
    )
    write("database.oracle_unified", "ordinary", "unified.csv", oracle)


def sqlserver_errorlog() -> None:
    text = (
        "2024-06-17 10:02:03.12 Server      Microsoft SQL Server 2019 (RTM-CU18) - 15.0.4261.1 (X64) \r\n\tSep 12 2022 15:07:06 \r\n\tCopyright (C) 2019 Microsoft Corporation\r\n"
        "2024-06-17 10:02:04.00 Logon       Error: 18456, Severity: 14, State: 8.\r\n"
        "2024-06-17 10:02:04.00 Logon       Login failed for user 'sa'. Reason: Password did not match that for the login provided. [CLIENT: 198.51.100.7]\r\n"
        "2024-06-17 10:02:05.00 Logon       Login succeeded for user 'CORP\\app'. Connection made using Windows authentication. [CLIENT: <local machine>]\r\n"
        "2024-06-17 10:02:06.00 Backup      Database backed up. Database: 顧客, creation date(time): 2024/01/01(10:00:00), pages dumped: 354\r\n"
    )
    write("database.sqlserver_errorlog", "utf16_japanese", "ERRORLOG", text.encode("utf-16"))
    write("database.sqlserver_errorlog", "damaged", "ERRORLOG.1", "lost line\r\n" + text[:600] + "\r\n2024-06-17 10:0")


if __name__ == "__main__":
    for each in (
        mysql_general,
        postgresql_log,
        postgresql_csv,
        postgresql_json,
        mysql_slow,
        mariadb_audit,
        mysql_audit,
        exports,
        sqlserver_errorlog,
    ):
        each()

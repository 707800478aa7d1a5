"""Logs of web servers and proxies."""

from __future__ import annotations

from tests.readers.make_line_samples import Log

# ruff: noqa: E501  # log lines are as long as they are

_FIELDS = "#Fields: date time time-taken c-ip cs-username cs-auth-group s-supplier-name sc-filter-result cs-categories cs(Referer) sc-status s-action cs-method rs(Content-Type) cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs(User-Agent) s-ip sc-bytes cs-bytes"


def _audit(number: str, client: str, request: str, body: str, more: str) -> str:
    return (
        f"--{number}-A--\n[17/Jun/2024:10:00:00 +0900] Zm9vYmFy{number} {client} 50122 192.0.2.80 443\n--{number}-B--\n{request}\n"
        f"Host: www.example.jp\nUser-Agent: curl/8.0\n\n--{number}-C--\n{body}\n--{number}-F--\nHTTP/1.1 403 Forbidden\nContent-Length: 199\n\n"
        f"--{number}-H--\n{more}\n--{number}-Z--\n"
    )


_RULE = (
    'Message: Access denied with code 403 (phase 2). Matched "SELECT" at ARGS:id. [file "a.conf"] [id "942100"] [msg "SQL Injection"] [severity "CRITICAL"]\n'
    "Action: Intercepted (phase 2)\nApache-Handler: php"
)

LOGS = (
    Log(
        "web.bluecoat",
        "SG_main.log",
        (
            '2024-06-17 01:00:00 120 192.0.2.10 EXAMPLE\\hanako Staff up.example.com OBSERVED "File Storage/Sharing" - 200 TCP_NC_MISS POST application/json https up.example.com 443 /upload ?id=1 "Mozilla/5.0 (Windows NT 10.0)" 203.0.113.1 512 5242880',
            '2024-06-17 01:00:05 3 192.0.2.11 - - - DENIED "Hacking" http://a.example/ 403 TCP_DENIED GET - http bad.example.net 80 / - "curl/8.0" 203.0.113.1 900 120',
        ),
        (
            '2024-06-17 01:01:00 120 192.0.2.12 山田 営業 up.example.com OBSERVED "ファイル共有" - 200 TCP_NC_MISS POST - https up.example.com 443 /名簿.csv - "Mozilla/5.0" 203.0.113.1 512 40960',
            '2024-06-17 01:01:05 120 192.0.2.12 鈴木 総務 up.example.com OBSERVED "共有" - 200 TCP_NC_MISS GET - https up.example.com 443 /名簿.csv - "Mozilla/5.0" 203.0.113.1 40960 100',
        ),
        ("#Software: SGOS 7.3.6.1", "#Version: 1.0", "#Start-Date: 2024-06-17 00:00:00", _FIELDS),
    ),
    Log(
        "web.modsecurity",
        "modsec_audit.log",
        (
            _audit("1a2b3c4d", "203.0.113.5", "GET /item.php?id=1%20UNION%20SELECT HTTP/1.1", "", _RULE),
            _audit(
                "2a2b3c4d",
                "2001:db8::5",
                "POST /login HTTP/1.1\nContent-Length: 21",
                "user=admin&pass=secret",
                "Stopwatch: 1 2",
            ),
        ),
        (
            _audit("3a2b3c4d", "203.0.113.6", "POST /検索 HTTP/1.1", "q=顧客名簿", _RULE),
            _audit("4a2b3c4d", "203.0.113.6", "GET /名簿 HTTP/1.1", "", _RULE),
        ),
    ),
    Log(
        "web.modsecurity_json",
        "modsec_audit.json",
        (
            '{"transaction":{"client_ip":"203.0.113.5","time_stamp":"Mon Jun 17 10:00:00 2024","server_id":"5a","client_port":50122,"host_ip":"192.0.2.80","host_port":443,"unique_id":"171858600012.345","request":{"method":"GET","http_version":1.1,"uri":"/item.php?id=1%20UNION","headers":{"Host":"www.example.jp"}},"response":{"http_code":403,"headers":{"Content-Length":"199"}},"producer":{"modsecurity":"ModSecurity v3.0.12"},"messages":[{"message":"SQL Injection","details":{"ruleId":"942100","match":"detected"}}]}}',
            '{"transaction":{"client_ip":"192.0.2.10","time_stamp":"Mon Jun 17 10:00:05 2024","host_ip":"192.0.2.80","unique_id":"171858600513.000","request":{"method":"POST","uri":"/login","headers":{"host":"www.example.jp"}},"response":{"http_code":200,"headers":{}},"messages":[]}}',
        ),
        (
            '{"transaction":{"client_ip":"192.0.2.11","time_stamp":"Mon Jun 17 10:01:00 2024","host_ip":"192.0.2.80","unique_id":"1","request":{"method":"GET","uri":"/顧客名簿","headers":{"Host":"www.example.jp"}},"response":{"http_code":404,"headers":{}}}}',
        ),
    ),
    Log(
        "web.modsecurity_json2",
        "modsec_audit.json",
        (
            '{"transaction":{"time":"17/Jun/2024:10:00:00 +0900","transaction_id":"Zm9v","remote_address":"203.0.113.5","remote_port":50122,"local_address":"192.0.2.80","local_port":443},"request":{"request_line":"GET /item.php?id=1 HTTP/1.1","headers":{"Host":"www.example.jp"}},"response":{"protocol":"HTTP/1.1","status":403,"headers":{"Content-Length":"199"}},"audit_data":{"messages":["Access denied"],"action":{"intercepted":true,"phase":2}}}',
            '{"transaction":{"time":"17/Jun/2024:10:00:05 +0900","transaction_id":"Zm9w","remote_address":"192.0.2.10","local_address":"192.0.2.80"},"request":{"request_line":"POST /login HTTP/1.1","headers":{"Host":"www.example.jp"}},"response":{"status":200,"headers":{}}}',
        ),
        (
            '{"transaction":{"time":"17/Jun/2024:10:01:00 +0900","transaction_id":"Zm9x","remote_address":"192.0.2.11","local_address":"192.0.2.80"},"request":{"request_line":"GET /顧客名簿 HTTP/1.1"},"response":{"status":404}}',
        ),
    ),
    Log(
        "web.tomcat",
        "catalina.out",
        (
            "17-Jun-2024 10:00:00.123 INFO [main] org.apache.catalina.startup.VersionLoggerListener.log Server version name: Apache Tomcat/10.1.24",
            "17-Jun-2024 10:00:02.456 INFO [main] org.apache.catalina.startup.HostConfig.deployWAR Deploying web application archive [/opt/tomcat/webapps/shell.war]",
            "17-Jun-2024 10:00:05.000 SEVERE [http-nio-8080-exec-1] org.apache.catalina.core.StandardWrapperValve.invoke Servlet.service() threw exception",
            "\tat com.example.App.run(App.java:10)",
            "17-Jun-2024 10:00:09.000 INFO [main] org.apache.catalina.startup.Catalina.start Server startup in [2345] milliseconds",
        ),
        (
            "17-Jun-2024 10:01:00.000 情報 [main] org.apache.catalina.core.StandardService.startInternal サービス [Catalina] を起動します",
            "17-Jun-2024 10:01:01.000 重大 [main] org.apache.catalina.core.StandardService.stopInternal 例外が発生しました",
        ),
    ),
    Log(
        "web.ltsv",
        "access.ltsv",
        (
            "time:17/Jun/2024:10:00:00 +0900\thost:192.0.2.10\tforwardedfor:-\treq:GET /list.csv?from=1&to=9 HTTP/1.1\tstatus:200\tsize:40960\treferer:-\tua:curl/8.0 (x; y)\treqtime:0.123\tvhost:www.example.jp\tuser:hanako",
            "time:2024-06-17T10:00:05\thost:198.51.100.1\tforwardedfor:203.0.113.5, 198.51.100.1\tmethod:POST\turi:/login\tstatus:401\tsize:12",
            "msec:1718586009.123\tremote_addr:2001:DB8::10\trequest:GET /a HTTP/2.0\tstatus:304\tbody_bytes_sent:0",
        ),
        (
            "time:17/Jun/2024:10:01:00 +0900\thost:192.0.2.11\treq:GET /顧客名簿.csv HTTP/1.1\tstatus:200\tsize:40960\tuser:山田",
            "time:17/Jun/2024:10:01:05 +0900\thost:192.0.2.11\treq:GET /名簿.csv HTTP/1.1\tstatus:200\tsize:40960\tuser:鈴木",
        ),
    ),
)

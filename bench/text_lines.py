"""Lines of text logs as their programs write them, each a function of its number: what `bench_text_readers.py` reads.

Written after each maker's documentation; people, hosts and addresses are invented (RFC 2606, RFC 5737). Readers that have no
lines here are measured on their own samples, repeated with other addresses, numbers and clocks (`varied`).
"""

from __future__ import annotations

# ruff: noqa: E501  # log lines are as long as they are
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bench.log_folder import AGENTS, USERS, events, fortigate, iis, ip, mixed, palo_alto, postgresql, syslog
from bench.log_folder import access as access_line
from bench.log_folder import cloudtrail as cloudtrail_line

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST: Final = datetime(2024, 6, 17, 1, tzinfo=UTC)
FILES: Final = ("顧客名簿", "見積書", "report", "list", "契約書", "budget")


def at(n: int) -> datetime:
    """Return the time of line n: twenty lines a second."""
    return FIRST + timedelta(milliseconds=50 * n)


def auditd(n: int) -> str:
    """Return one of the four records of a command that auditd watches."""
    h, stamp = mixed(n // 4), f"msg=audit({at(n // 4 * 4).timestamp():.3f}:{n // 4 + 100})"
    user = USERS[h % 200]
    return (
        f'type=SYSCALL {stamp}: arch=c000003e syscall={(257, 59, 2)[h % 3]} success={("yes", "no")[h % 9 == 0]} exit={h % 9} a0=ffffff9c a1={h:x} a2=0 a3=0 items=2 ppid={h % 30000} pid={h % 32768} auid={1000 + h % 200} uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses={h % 900} comm="tar" exe="/usr/bin/tar" key="customers"',
        f'type=CWD {stamp}: cwd="/home/{user}"',
        f'type=PATH {stamp}: item=0 name="/srv/data/{h % 9000}.csv" inode={h % 700000} dev=fd:00 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype={("NORMAL", "CREATE", "DELETE")[h % 3]} cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0',
        f'type={("USER_LOGIN", "USER_AUTH", "CRED_ACQ")[h % 3]} {stamp}: pid={h % 32768} uid=0 auid=4294967295 ses=4294967295 msg=\'op=login acct="{user}" exe="/usr/sbin/sshd" hostname=? addr={ip(h)} terminal=ssh res={("success", "failed")[h % 4 == 0]}\'',
    )[n % 4]


def asa(n: int) -> str:
    """Return a line of a Cisco ASA: connections, refusals, VPN sessions."""
    h = mixed(n)
    head = f"<166>{at(n):%b %d %Y %H:%M:%S} asa01 : "
    inside, outside = f"10.0.{h % 8}.{h % 254 + 1}", ip(h)
    return (
        head
        + (
            f"%ASA-6-302013: Built outbound TCP connection {h % 9000000} for outside:{outside}/443 ({outside}/443) to inside:{inside}/{h % 60000} (203.0.113.1/{h % 60000})",
            f"%ASA-6-302014: Teardown TCP connection {h % 9000000} for outside:{outside}/443 to inside:{inside}/{h % 60000} duration 0:00:{h % 60:02d} bytes {h % 900000} TCP FINs",
            f'%ASA-4-106023: Deny tcp src outside:{outside}/{h % 60000} dst inside:203.0.113.1/22 by access-group "outside_in" [0x0, 0x0]',
            f"%ASA-6-302015: Built inbound UDP connection {h % 9000000} for outside:{outside}/53 ({outside}/53) to inside:{inside}/{h % 60000} ({inside}/{h % 60000})",
            f"%ASA-6-113039: Group <RA> User <{USERS[h % 200]}> IP <{outside}> AnyConnect parent session started.",
            f"%ASA-4-113019: Group = RA, Username = {USERS[h % 200]}, IP = {outside}, Session disconnected. Session Type: SSL, Duration: 1h:2m:{h % 60}s, Bytes xmt: {h % 900000}, Bytes rcv: {h % 90000}, Reason: User Requested",
            f"%ASA-6-305011: Built dynamic TCP translation from inside:{inside}/{h % 60000} to outside:203.0.113.1/{h % 60000}",
            f"%ASA-6-106100: access-list outside_in denied tcp outside/{outside}({h % 60000}) -> inside/203.0.113.1(3389) hit-cnt 1 first hit [0x{h:x}, 0x0]",
        )[h % 8]
    )


def postfix(n: int) -> str:
    """Return a line of a mail server's log."""
    h = mixed(n // 5)
    head, queue, user = f"{at(n):%b} {at(n).day:2d} {at(n):%H:%M:%S} mx01 postfix/", f"{h:08X}", USERS[h % 200]
    return (
        head
        + (
            f"smtpd[{h % 30000}]: {queue}: client=mail.example.com[{ip(h)}], sasl_method=PLAIN, sasl_username={user}",
            f"cleanup[{h % 30000}]: {queue}: message-id=<{h:x}.{n}@example.jp>",
            f"qmgr[811]: {queue}: from=<{user}@example.jp>, size={h % 900000}, nrcpt=1 (queue active)",
            f"smtp[{h % 30000}]: {queue}: to=<info{h % 50}@example.com>, relay=mx.example.com[{ip(h)}]:25, delay=0.{h % 90}, delays=0.1/0/0.1/0.1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as {h:X})",
            f"qmgr[811]: {queue}: removed",
        )[n % 5]
    )


def rtx(n: int) -> str:
    """Return a line of a YAMAHA router."""
    h = mixed(n)
    return (
        f"{at(n):%Y/%m/%d %H:%M:%S}: "
        + (
            f"PP[01] Rejected at IN(10{h % 40:02d}) filter: TCP {ip(h)}:{h % 60000} > 203.0.113.1:{(22, 23, 445, 3389)[h % 4]}",
            f"LAN2 Passed at OUT(20{h % 9:02d}) filter: UDP 192.168.100.{h % 254 + 1}:{h % 60000} > {ip(h)}:443",
            f"[DHCPD] LAN1(port1) Allocates 192.168.100.{h % 254 + 1}: 00:a0:de:{h % 100:02d}:{h // 7 % 100:02d}:01",
            f"Login succeeded for HTTP: 192.168.100.{h % 254 + 1} {USERS[h % 200]}",
            f"[L2TP] TUNNEL[{h % 20}] connected from {ip(h)}",
            f"[IKE] respond ISAKMP phase to {ip(h)}",
        )[h % 6]
    )


def sonicwall(n: int) -> str:
    """Return a line of a SonicWall."""
    h = mixed(n)
    return (
        f'<134>id=firewall sn=0017C5000000 time="{at(n):%Y-%m-%d %H:%M:%S} UTC" fw=203.0.113.1 pri=6 c={(262144, 1024, 16)[h % 3]} m={(98, 537, 1080)[h % 3]} msg="{("Connection Opened", "Connection Closed", "SSL VPN zone remote user login allowed")[h % 3]}" '
        f'n={n} usr="{USERS[h % 200]}" src=192.168.1.{h % 254 + 1}:{h % 60000}:X0 dst={ip(h)}:443:X1 proto=tcp/https sent={h % 90000} rcvd={h % 900000} rule="{h % 40} (LAN->WAN)"'
    )


def checkpoint(n: int) -> str:
    """Return what Log Exporter sends."""
    h = mixed(n)
    return (
        f'<134>1 {at(n):%Y-%m-%dT%H:%M:%SZ} gw01 CheckPoint 13752 - [action:"{("Accept", "Accept", "Drop")[h % 3]}"; flags:"444676"; ifdir:"inbound"; ifname:"eth{h % 4}"; logid:"0"; loguid:"{{0x{h:x},0x0,0x1,0x{n:x}}}"; origin:"203.0.113.1"; sequencenum:"{n % 100}"; time:"{int(at(n).timestamp())}"; version:"5"; '
        f'dst:"{ip(h)}"; inzone:"Internal"; layer_name:"Network"; match_id:"{h % 40}"; outzone:"External"; product:"VPN-1 & FireWall-1"; proto:"6"; rule_name:"allow web"; s_port:"{h % 60000}"; service:"443"; service_id:"https"; src:"10.0.{h % 8}.{h % 254 + 1}"; sent_bytes:"{h % 900000}"; received_bytes:"{h % 90000}"]'
    )


def checkpoint_printed(n: int) -> str:
    """Return what `fw log` prints."""
    h = mixed(n)
    return (
        f"{at(n):%d%b%Y %H:%M:%S} {('accept', 'drop  ')[h % 5 == 0]} gw01 >eth{h % 4} inzone: Internal; outzone: External; rule: {h % 40}; rule_name: allow web; "
        f"src: 10.0.{h % 8}.{h % 254 + 1}; dst: {ip(h)}; proto: tcp; service: https; s_port: {h % 60000}; product: VPN-1 & FireWall-1;"
    )


def cef(n: int) -> str:
    """Return a CEF record of a proxy or gateway."""
    h = mixed(n)
    return (
        f"<134>{at(n):%b %d %H:%M:%S} fw01 CEF:0|Example|Gateway|7.1|"
        + (
            f"100|Connection allowed|3|rt={int(at(n).timestamp())}123 src=10.0.{h % 8}.{h % 254 + 1} spt={h % 60000} dst={ip(h)} dpt=443 proto=TCP act=Allow in={h % 9000} out={h % 900000} dvchost=fw01 cs1Label=Rule cs1=rule{h % 40} deviceInboundInterface=eth0",
            f"200|Login failed|7|rt={at(n):%b %d %Y %H:%M:%S} suser={USERS[h % 200]} src={ip(h)} msg=Login failed for user \\= {USERS[h % 200]} reason=bad password",
            f"300|Upload|5|start={int(at(n).timestamp())}000 suser=EXAMPLE\\\\{USERS[h % 200]} src=10.0.0.{h % 254 + 1} request=https://up.example.com/{h % 9000}?b\\={n} fname={FILES[h % 6]} {h % 90}.csv out={h % 900000} act=blocked requestClientApplication=Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
        )[h % 3]
    )


def leef(n: int) -> str:
    """Return a LEEF record."""
    h = mixed(n)
    return (
        f"<134>{at(n):%b %d %H:%M:%S} fw01 LEEF:1.0|Example|Gateway|7.1|{('allow', 'deny', 'login-failure')[h % 3]}|devTime={at(n):%b %d %Y %H:%M:%S}\tdevTimeFormat=MMM dd yyyy HH:mm:ss\tsrc=10.0.{h % 8}.{h % 254 + 1}\tsrcPort={h % 60000}\t"
        f"dst={ip(h)}\tdstPort=443\tproto=TCP\tusrName={USERS[h % 200]}\tsrcBytes={h % 90000}\tdstBytes={h % 900000}\tpolicy=rule {h % 40}"
    )


def juniper(n: int) -> str:
    """Return a structured flow record of an SRX."""
    h = mixed(n)
    return (
        f'<14>1 {at(n):%Y-%m-%dT%H:%M:%S}.{h % 1000:03d}+09:00 srx01 RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.40 reason="TCP FIN" source-address="10.0.{h % 8}.{h % 254 + 1}" source-port="{h % 60000}" destination-address="{ip(h)}" destination-port="443" service-name="junos-https" '
        f'nat-source-address="203.0.113.1" nat-source-port="{h % 50000}" protocol-id="6" policy-name="out" source-zone-name="trust" destination-zone-name="untrust" session-id-32="{h % 900000}" packets-from-client="{h % 900}" bytes-from-client="{h % 900000}" packets-from-server="60" bytes-from-server="{h % 90000}" elapsed-time="{h % 600}" username="{USERS[h % 200]}"]'
    )


def suricata(n: int) -> str:
    """Return an event of Suricata: flow, DNS, HTTP, TLS, alert."""
    h = mixed(n)
    kind = ("flow", "dns", "http", "tls", "alert")[h % 5]
    own: dict[str, object] = {
        "flow": {"pkts_toserver": h % 90, "pkts_toclient": h % 70, "bytes_toserver": h % 90000, "bytes_toclient": h % 900000, "start": f"{at(n):%Y-%m-%dT%H:%M:%S}.{h % 1000000:06d}+0900", "state": "closed", "reason": "timeout"},
        "dns": {"type": "query", "id": h % 65000, "rrname": f"host{h % 5000}.example.com", "rrtype": "A", "tx_id": 0},
        "http": {"hostname": f"www{h % 300}.example.com", "url": f"/member/{h % 90000}", "http_user_agent": AGENTS[h % 3], "http_method": "GET", "protocol": "HTTP/1.1", "status": 200, "length": h % 90000},
        "tls": {"subject": "CN=example.com", "sni": f"host{h % 5000}.example.com", "version": "TLS 1.3", "ja3": {"hash": f"{h * 7919:032x}"}},
        "alert": {"action": "allowed", "gid": 1, "signature_id": 2024000 + h % 300, "rev": 3, "signature": f"ET SCAN Potential scan {h % 300}", "category": "Attempted Information Leak", "severity": 2},
    }[kind]  # fmt: skip
    return json.dumps(
        {"timestamp": f"{at(n):%Y-%m-%dT%H:%M:%S}.{h % 1000000:06d}+0900", "flow_id": h * 4_000_037, "in_iface": "eth0", "event_type": kind,
         "src_ip": f"10.0.{h % 8}.{h % 254 + 1}", "src_port": h % 60000, "dest_ip": ip(h), "dest_port": 443, "proto": "TCP", "app_proto": "tls", kind: own}
    )  # fmt: skip


def m365(n: int) -> dict[str, object]:
    """Return a record of the unified audit log."""
    h = mixed(n)
    operation = ("FileDownloaded", "FileAccessed", "MailItemsAccessed", "UserLoggedIn", "FileModified", "FilePreviewed")[h % 6]
    name, user = f"{FILES[h % 6]}_{h % 9000}.xlsx", f"{USERS[h % 200]}@example.jp"
    site = "https://example.sharepoint.com/sites/eigyo/"
    return {
        "AppAccessContext": {"AADSessionId": f"{h:08x}-0000-4000-8000-{h:012x}", "CorrelationId": f"{h:08x}-1111-4000-8000-{n:012x}", "UniqueTokenId": f"{h * 31:022x}"},
        "CreationTime": f"{at(n):%Y-%m-%dT%H:%M:%S}", "Id": f"{h:08x}-2222-4000-8000-{n:012x}", "Operation": operation,
        "OrganizationId": "00000000-0000-4000-8000-000000000001", "RecordType": 6, "UserKey": f"i:0h.f|membership|{h % 200:x}@live.com", "UserType": 0, "Version": 1,
        "Workload": "SharePoint", "ClientIP": ip(h), "UserId": user, "AuthenticationType": "FormsCookieAuth", "BrowserName": "Edge", "BrowserVersion": "125.0.0.0",
        "CorrelationId": f"{h:08x}-3333-4000-8000-{n:012x}", "DeviceDisplayName": ip(h), "EventSource": "SharePoint", "IsManagedDevice": False, "ItemType": "File",
        "ListId": f"00000000-0000-4000-8000-{h % 90:012d}", "Platform": "WinDesktop", "Site": "00000000-0000-4000-8000-000000000009", "UserAgent": AGENTS[h % 3], "ResultStatus": "Succeeded",
        "FileSizeBytes": h % 900000, "SourceRelativeUrl": "Shared Documents", "SourceFileName": name, "SourceFileExtension": "xlsx", "SiteUrl": site, "ObjectId": f"{site}Shared Documents/{name}",
    }  # fmt: skip


def m365_json(n: int) -> str:
    """Return it as a line of JSON."""
    return json.dumps(m365(n), ensure_ascii=False)


def m365_csv(n: int) -> str:
    """Return it as the Purview portal exports it."""
    record = m365(n)
    data = json.dumps(record, ensure_ascii=False, separators=(",", ":")).replace('"', '""')
    return f'{record["Id"]},{record["CreationTime"]}.0000000Z,6,{record["Operation"]},{record["UserId"]},"{data}"'


def squid(n: int) -> str:
    """Return a line of Squid."""
    h = mixed(n)
    return (
        f"{at(n).timestamp():.3f} {h % 9000:6d} 192.168.1.{h % 254 + 1} {('TCP_MISS', 'TCP_TUNNEL', 'TCP_DENIED')[h % 3]}/{(200, 200, 403)[h % 3]} {h % 900000} {('GET', 'CONNECT', 'POST')[h % 3]} "
        f"{('http://www.example.com/p/' + str(h % 90000), 'up.example.net:443', 'http://www.example.org/post')[h % 3]} {USERS[h % 200]} HIER_DIRECT/{ip(h)} text/html"
    )


def zeek(n: int) -> str:
    """Return a row of conn.log."""
    h = mixed(n)
    return "\t".join((
        f"{at(n).timestamp():.6f}", f"C{h:x}{n:x}", f"10.0.{h % 8}.{h % 254 + 1}", str(h % 60000), ip(h), "443", "tcp", ("ssl", "http", "-")[h % 3], f"{h % 90}.{h % 1000000:06d}",
        str(h % 900000), str(h % 90000), ("SF", "S0", "REJ")[h % 3], "T", "F", "0", "ShADadFf", str(h % 90), str(h % 90000), str(h % 80), str(h % 9000), "-",
    ))  # fmt: skip


ZEEK_HEAD: Final = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2024-06-17-01-00-00\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]\n"
)


def zeek_http(n: int) -> str:
    """Return a record of http.log in JSON."""
    h = mixed(n)
    return json.dumps({
        "_path": "http", "ts": at(n).timestamp(), "uid": f"C{h:x}{n:x}", "id.orig_h": f"10.0.{h % 8}.{h % 254 + 1}", "id.orig_p": h % 60000, "id.resp_h": ip(h), "id.resp_p": 80, "trans_depth": 1, "method": "GET",
        "host": f"www{h % 300}.example.com", "uri": f"/member/{h % 90000}", "user_agent": AGENTS[h % 3], "request_body_len": 0, "response_body_len": h % 90000, "status_code": 200,
    })  # fmt: skip


def haproxy(n: int) -> str:
    """Return an HTTP line of HAProxy."""
    h = mixed(n)
    return f'{ip(h)}:{h % 60000} [{at(n):%d/%b/%Y:%H:%M:%S}.{h % 1000:03d}] https~ app/web{h % 4:02d} 0/0/{h % 9}/{h % 90}/{h % 99} {(200, 302, 404)[h % 3]} {h % 90000} - - ---- {h % 90}/{h % 80}/1/0/0 0/0 "GET /member/{h % 90000} HTTP/1.1"'


def apache_error(n: int) -> str:
    """Return a line of Apache's error log."""
    h = mixed(n)
    return f"[{at(n):%a %b %d %H:%M:%S}.{h % 1000000:06d} {at(n):%Y}] [{('core:error', 'php:warn', 'authz_core:error')[h % 3]}] [pid {h % 32768}:tid {h}] [client {ip(h)}:{h % 60000}] AH0{h % 3000:04d}: File does not exist: /var/www/html/{h % 9000}.php, referer: https://www.example.jp/{h % 31}"


def general(n: int) -> str:
    """Return a line of MySQL's general log."""
    h = mixed(n)
    return (
        f"{at(n):%Y-%m-%dT%H:%M:%S}.{h % 1000000:06d}Z\t{h % 50:5d} "
        + (
            f"Query\tSELECT name, email FROM customers WHERE id = {h % 1000003}",
            f"Query\tUPDATE orders SET status = 'sent' WHERE id = {h % 1000003}",
            f"Connect\t{USERS[h % 200]}@10.0.0.{h % 254 + 1} on shop using TCP/IP",
            "Quit\t",
        )[h % 4]
    )


def slow(n: int) -> str:
    """Return an entry of MySQL's slow log, five lines."""
    h = mixed(n)
    return (
        f"# Time: {at(n):%Y-%m-%dT%H:%M:%S}.{h % 1000000:06d}Z\n# User@Host: {USERS[h % 200]}[{USERS[h % 200]}] @  [10.0.0.{h % 254 + 1}]  Id: {h % 5000:5d}\n"
        f"# Query_time: {h % 90}.{h % 1000000:06d}  Lock_time: 0.000010 Rows_sent: {h % 90000}  Rows_examined: {h % 900000}\n"
        f"SET timestamp={int(at(n).timestamp())};\nSELECT * FROM customers WHERE pref = '{h % 47}' AND id > {h % 1000003};"
    )


def mariadb(n: int) -> str:
    """Return a line of MariaDB's audit plugin."""
    h = mixed(n)
    return f"{at(n):%Y%m%d %H:%M:%S},db01,{USERS[h % 200]},10.0.0.{h % 254 + 1},{h % 900},{n},QUERY,shop,'SELECT name, email FROM customers WHERE id = {h % 1000003}',0"


def postgresql_csv(n: int) -> str:
    """Return a row of PostgreSQL's csvlog."""
    h = mixed(n)
    return (
        f'{at(n):%Y-%m-%d %H:%M:%S}.{h % 1000:03d} JST,"{USERS[h % 200]}","shop",{h % 900},"10.0.0.{h % 254 + 1}:{h % 60000}",666f8a1b.{h % 900:x},{n},"SELECT",2024-06-17 10:02:03 JST,3/{h % 900},0,LOG,00000,'
        f'"statement: SELECT name, email FROM customers WHERE id = {h % 1000003}",,,,,,,,,"psql","client backend",,0'
    )


def postgresql_json(n: int) -> str:
    """Return a record of PostgreSQL's jsonlog."""
    h = mixed(n)
    return json.dumps({
        "timestamp": f"{at(n):%Y-%m-%d %H:%M:%S}.{h % 1000:03d} JST", "user": USERS[h % 200], "dbname": "shop", "pid": h % 900, "remote_host": f"10.0.0.{h % 254 + 1}", "remote_port": h % 60000, "session_id": f"666f8a1b.{h % 900:x}", "line_num": n, "ps": "SELECT",
        "session_start": "2024-06-17 10:02:03 JST", "vxid": f"3/{h % 900}", "txid": 0, "error_severity": "LOG", "message": f"statement: SELECT name, email FROM customers WHERE id = {h % 1000003}", "application_name": "psql", "backend_type": "client backend", "query_id": 0,
    })  # fmt: skip


def journal_json(n: int) -> str:
    """Return an entry as `journalctl -o json` writes it."""
    h = mixed(n)
    micros = int(at(n).timestamp() * 1_000_000)
    return json.dumps({
        "__CURSOR": f"s=ab;i={n:x};b=cd;m={h:x};t={micros:x};x={h:x}", "__REALTIME_TIMESTAMP": str(micros), "__MONOTONIC_TIMESTAMP": str(n), "_BOOT_ID": "0f" * 16, "_MACHINE_ID": "1e" * 16, "_HOSTNAME": f"web{h % 4:02d}", "PRIORITY": "6",
        "SYSLOG_FACILITY": "10", "SYSLOG_IDENTIFIER": "sshd", "_PID": str(h % 32768), "_UID": "0", "_GID": "0", "_COMM": "sshd", "_EXE": "/usr/sbin/sshd", "_SYSTEMD_UNIT": "sshd.service", "_TRANSPORT": "syslog",
        "MESSAGE": f"{('Failed', 'Accepted')[h % 2]} password for {USERS[h % 200]} from {ip(h)} port {h % 60000} ssh2",
    })  # fmt: skip


def journal_export(n: int) -> str:
    """Return an entry as `journalctl -o export` writes it, with the blank line behind it."""
    return "".join(f"{name}={value}\n" for name, value in json.loads(journal_json(n)).items())


def kubernetes(n: int) -> str:
    """Return an audit event of Kubernetes."""
    h = mixed(n)
    return json.dumps({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": f"{h:08x}-0000-4000-8000-{n:012x}", "stage": "ResponseComplete", "requestURI": f"/api/v1/namespaces/shop/secrets/s{h % 90}", "verb": ("get", "list", "create")[h % 3],
        "user": {"username": f"system:serviceaccount:shop:app{h % 20}", "uid": f"{h:x}", "groups": ["system:serviceaccounts", "system:authenticated"]}, "sourceIPs": [ip(h)], "userAgent": "kubectl/v1.29.0",
        "objectRef": {"resource": "secrets", "namespace": "shop", "name": f"s{h % 90}", "apiVersion": "v1"}, "responseStatus": {"metadata": {}, "code": (200, 200, 403)[h % 3]},
        "requestReceivedTimestamp": f"{at(n):%Y-%m-%dT%H:%M:%S}.{h % 1000000:06d}Z", "stageTimestamp": f"{at(n):%Y-%m-%dT%H:%M:%S}.{h % 1000000:06d}Z", "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "RBAC"},
    })  # fmt: skip


def docker(n: int) -> str:
    """Return a line of docker's json-file driver."""
    h = mixed(n)
    return json.dumps(
        {
            "log": f"INFO request {h} user={USERS[h % 200]} path=/member/{h % 9000} took {h % 900} ms\n",
            "stream": "stdout",
            "time": f"{at(n):%Y-%m-%dT%H:%M:%S}.{h % 1000000000:09d}Z",
        }
    )


def ltsv(n: int) -> str:
    """Return an access line in LTSV."""
    h = mixed(n)
    return f"time:[{at(n):%d/%b/%Y:%H:%M:%S} +0900]\thost:{ip(h)}\tforwardedfor:-\treq:GET /member/{h % 90000} HTTP/1.1\tstatus:{(200, 302, 404)[h % 3]}\tsize:{h % 90000}\treferer:https://www.example.jp/{h % 31}\tua:{AGENTS[h % 3]}\treqtime:0.{h % 1000:03d}\tvhost:shop.example.jp"


def skysea(n: int) -> str:
    """Return a row of SKYSEA Client View's operation log."""
    h = mixed(n)
    return f"PC-{h % 400:04d},{('佐藤', '鈴木', '高橋', '田中')[h % 4]}{h % 200},{at(n):%Y/%m/%d %H:%M:%S},{('外部記憶媒体', 'ファイル操作', '印刷')[h % 3]},{('書込', '削除', '印刷')[h % 3]},E:\\work\\{h % 900},{FILES[h % 6]}{h % 9000}.xlsx,{h % 900000},{('USB MASS STORAGE', '', '複合機1')[h % 3]}"


def plaso(n: int) -> str:
    """Return an event as psort writes it with json_line."""
    h = mixed(n)
    return json.dumps({
        "__container_type__": "event", "__type__": "AttributeContainer", "data_type": "fs:stat", "date_time": {"__class_name__": "PosixTimeInNanoseconds", "__type__": "DateTimeValues", "timestamp": int(at(n).timestamp() * 1e9)}, "display_name": f"OS:/srv/data/{h % 90000}.csv", "file_entry_type": "file", "file_size": h % 900000,
        "filename": f"/srv/data/{h % 90000}.csv", "inode": str(h % 900000), "is_allocated": True, "message": f"/srv/data/{h % 90000}.csv Type: file", "parser": "filestat", "timestamp": int(at(n).timestamp() * 1_000_000), "timestamp_desc": ("Content Modification Time", "Last Access Time")[h % 2],
    })  # fmt: skip


def hayabusa(n: int) -> str:
    """Return a row of a Hayabusa timeline."""
    h = mixed(n)
    return f'"{at(n):%Y-%m-%d %H:%M:%S}.{h % 1000:03d} +09:00","Logon Failure - {h % 90}","{("info", "low", "med", "high")[h % 4]}","PC-{h % 400:04d}","Sec",{4624 + h % 4},{n},"Type: 3 ¦ TgtUser: {USERS[h % 200]} ¦ SrcComp: PC-{h % 90} ¦ SrcIP: {ip(h)} ¦ LID: 0x{h:x}","AuthPkg: NTLM ¦ Port: {h % 60000}"'


def stamped(n: int) -> str:
    """Return a line of an application that nobody described, a trace behind every hundredth."""
    h = mixed(n)
    trace = (
        f"\njava.lang.IllegalStateException: {h % 9}\n\tat jp.example.Order.run(Order.java:{h % 300})" if h % 100 == 0 else ""
    )
    return (
        f"{at(n):%Y-%m-%d %H:%M:%S},{h % 1000:03d} {('INFO', 'WARN', 'DEBUG')[h % 3]} [http-{h % 40}] jp.example.shop.Order - "
        + (
            f"user {USERS[h % 200]} logged in from {ip(h)}",
            f"exported {h % 9000} rows to /srv/out/{h % 9000}.csv by {USERS[h % 200]}",
            f"request {h} done in {h % 900} ms",
            f"会員情報を照会しました user={USERS[h % 200]} id={h % 90000}",
        )[h % 4]
        + trace
    )


def bind(n: int) -> str:
    """Return a query line of BIND."""
    h = mixed(n)
    name = f"host{h % 5000}.example.com"
    return f"{at(n):%d-%b-%Y %H:%M:%S}.{h % 1000:03d} queries: info: client @0x7f{h:08x} 10.0.{h % 8}.{h % 254 + 1}#{h % 60000} ({name}): query: {name} IN {('A', 'AAAA', 'TXT')[h % 3]} +E(0)K (10.0.0.53)"


def windows_firewall(n: int) -> str:
    """Return a line of pfirewall.log."""
    h = mixed(n)
    return f"{at(n):%Y-%m-%d %H:%M:%S} {('ALLOW', 'DROP')[h % 5 == 0]} TCP 10.0.{h % 8}.{h % 254 + 1} {ip(h)} {h % 60000} 443 {h % 1500} - - - - - - - {('SEND', 'RECEIVE')[h % 2]}"


FIREWALL_HEAD: Final = "#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Time Format: Local\n#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path\n"
IIS_FIELDS: Final = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2024-06-17 01:00:00\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken\n"
SKYSEA_HEAD: Final = "端末機名,ログオンユーザー名,日時,ログ種別,操作,フォルダー名,ファイル名,ファイルサイズ,デバイス名\n"
KINDS: Final[tuple[tuple[str, str, Callable[[int], str], str], ...]] = (
    ("web.access", "", lambda n: access_line(n, at(n)), ""),
    ("web.iis", "", lambda n: iis(n, at(n)), IIS_FIELDS),
    ("web.ltsv", "", ltsv, ""),
    ("web.squid", "", squid, ""),
    ("web.haproxy", "", haproxy, ""),
    ("web.apache_error", "", apache_error, ""),
    ("linux.syslog", "servers", lambda n: syslog(n, at(n)), ""),
    ("linux.syslog", "Postfix", postfix, ""),
    ("linux.syslog", "Cisco ASA", asa, ""),
    ("linux.auditd", "", auditd, ""),
    ("linux.journal_export", "json", journal_json, ""),
    ("linux.journal_export", "export", journal_export, ""),
    ("linux.docker_json", "", docker, ""),
    ("cloud.kubernetes_audit", "", kubernetes, ""),
    ("cloud.aws_cloudtrail", "", lambda n: cloudtrail_line(n, at(n)), ""),
    ("cloud.m365_audit", "", m365_json, ""),
    ("cloud.m365_audit_csv", "", m365_csv, "RecordId,CreationDate,RecordType,Operation,UserId,AuditData\n"),
    ("network.fortigate", "", lambda n: fortigate(n, at(n)), ""),
    ("network.palo_alto", "", lambda n: palo_alto(n, at(n)), ""),
    ("network.checkpoint", "Log Exporter", checkpoint, ""),
    ("network.checkpoint", "fw log", checkpoint_printed, ""),
    ("network.cef", "", cef, ""),
    ("network.leef", "", leef, ""),
    ("network.juniper", "", juniper, ""),
    ("network.keyvalue", "SonicWall", sonicwall, ""),
    ("network.yamaha_rtx", "", rtx, ""),
    ("network.suricata_eve", "", suricata, ""),
    ("network.zeek_conn", "", zeek, ZEEK_HEAD),
    ("network.zeek_json", "", zeek_http, ""),
    ("network.bind_queries", "", bind, ""),
    ("windows.firewall_log", "", windows_firewall, FIREWALL_HEAD),
    ("database.postgresql_log", "", lambda n: postgresql(n, at(n)), ""),
    ("database.postgresql_csv", "", postgresql_csv, ""),
    ("database.postgresql_json", "", postgresql_json, ""),
    ("database.mysql_general", "", general, "Time                 Id Command    Argument\n"),
    ("database.mysql_slow", "", slow, ""),
    ("database.mariadb_audit", "", mariadb, ""),
    ("endpoint.skysea", "", skysea, SKYSEA_HEAD),
    ("interchange.plaso", "", plaso, ""),
    ("interchange.hayabusa_csv", "", hayabusa, '"Timestamp","RuleTitle","Level","Computer","Channel","EventID","RecordID","Details","ExtraFieldInfo"\n'),
    ("text.json_events", "", lambda n: events(n, at(n)), ""),
    ("text.stamped", "", stamped, ""),
)  # fmt: skip
"""Reader, variant, what gives line n, and what stands in front."""

_IPV4: Final = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_CLOCK: Final = re.compile(r"(?<![\d:.A-Fa-f])(\d\d):\d\d:\d\d(?![\d:])")
_HEX: Final = re.compile(r"\b(?=[0-9a-f]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,}\b")
_NUMBER: Final = re.compile(r"(?<![\d./:+-])\d{4,9}(?![\d./:-])(?!月|年)")


def varied(text: str, n: int) -> str:
    """Return a sample's text once more: other addresses, clocks, long numbers and digests; years stay."""
    text = _IPV4.sub(lambda found: ip(n * 31 + len(found[0])), text)
    text = _CLOCK.sub(lambda found: f"{found[1]}:{n // 1200 % 60:02d}:{n // 20 % 60:02d}", text)
    text = _HEX.sub(lambda found: f"{mixed(n + len(found[0])) * 7919:032x}"[-len(found[0]) :], text)
    return _NUMBER.sub(lambda found: found[0] if found[0][:2] in {"19", "20"} else _other(found[0], n), text)


def _other(number: str, n: int) -> str:
    return number[0] + f"{mixed(n + int(number)):010d}"[-(len(number) - 1) :]

"""The mapping against what the readers really give: a line of a log, and a rule in Sigma's own words that must find it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from kyumei.detect.sigma.engine import Engine
from kyumei.detect.sigma.parse import parse_rules
from kyumei.evidence.sources import local_source
from kyumei.readers import run as readers
from kyumei.store.columns import from_table
from tests.detect.samples import table

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

ACCESS = (
    '198.51.100.7 - - [05/Jun/2024:10:00:00 +0900] "GET /index.php?id=1%27%20or%201=1 HTTP/1.1" 200 512'
    ' "https://www.example.com/" "sqlmap/1.7"\n'
)
IIS = (
    "#Software: Microsoft Internet Information Services 10.0\n"
    "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status\n"
    "2024-06-05 01:00:00 192.0.2.1 POST /ecp/x.aspx a=1 443 - 198.51.100.7 python-requests/2.31 - 200\n"
)
FORTIGATE = (
    'date=2024-06-05 time=10:00:00 devname="FG1" logid="0317013312" type="utm" subtype="webfilter" eventtype="ftgd_allow"'
    ' level="notice" srcip=192.168.1.5 srcport=51000 dstip=198.51.100.7 dstport=443 service="HTTPS" hostname="12.gigafile.nu"'
    ' httpmethod="POST" url="https://12.gigafile.nu/upload" agent="curl/8.0" action="passthrough" sentbyte=900 rcvdbyte=100\n'
)
FORTI_CONFIG = (
    'date=2024-06-05 time=10:00:00 devname="FG1" logid="0100044547" type="event" subtype="system" level="information"'
    ' user="admin" ui="https(192.0.2.9)" action="Add" cfgpath="system.admin" cfgobj="x" msg="Add system.admin x"\n'
)
SUDO = (
    "Jun  5 10:00:00 web1 sudo:     sato : TTY=pts/0 ; PWD=/home/sato ; USER=root ;"
    " COMMAND=/usr/bin/scp /srv/a.tgz u@198.51.100.7:/tmp\n"
)
SSHD = "Jun  5 10:00:00 web1 sshd[7]: Accepted password for root from 198.51.100.7 port 50000 ssh2\n"
NAMED = "Jun  5 10:00:00 ns1 named[7]: client @0x7f 192.0.2.5#4711 (x): query: t.example.net IN TXT + (192.0.2.1)\n"
ZEEK = (
    '{"ts":1717772400.1,"uid":"C1","id.orig_h":"192.0.2.5","id.orig_p":5000,"id.resp_h":"198.51.100.9","id.resp_p":53,'
    '"proto":"udp","query":"t.example.net","qtype_name":"TXT","answers":["x"]}\n'
)
CADDY = (
    '{"level":"info","ts":1717772400.1,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"198.51.100.9"'
    ',"client_ip":"198.51.100.9","method":"GET","host":"shop.example.jp","uri":"/members/7?x=1"},"size":5,"status":200}\n'
)
M365 = (
    '{"CreationTime":"2024-06-07T14:02:11","Operation":"FileDownloaded","Workload":"SharePoint","RecordType":6,'
    '"UserId":"sato@example.jp","ObjectId":"https://example.sharepoint.com/a.xlsx","ResultStatus":"Succeeded"}\n'
)
BIND = "05-Jun-2024 10:00:00.123 queries: info: client @0x7f 192.0.2.5#4711 (x): query: t.example.net IN TXT + (192.0.2.1)\n"
ZSH = ": 1717549200:0;/usr/bin/scp /srv/a.tgz u@198.51.100.7:/tmp\n"
AUDITD = (
    'type=EXECVE msg=audit(1717549200.123:11): argc=3 a0="scp" a1="/srv/a.tgz" a2="u@198.51.100.7:/tmp"\n'
    "type=USER_LOGIN msg=audit(1717549201.123:12): pid=7 uid=0 msg='op=login acct=\"sato\" addr=198.51.100.7 res=failed'\n"
)
PAN = (
    "1,2024/06/05 10:00:00,001801000001,TRAFFIC,end,2305,2024/06/05 10:00:00,192.0.2.10,198.51.100.9,0.0.0.0,0.0.0.0,allow-all,"
    "example\\sato,,ssl,vsys1,trust,untrust,ae1,ae2,default,x,12345,1,50000,443,0,0,0x19,tcp,allow,1000,900,100,5,x,600,any,0\n"
)
CASES = [
    ("query.log", BIND, {"category": "dns"}, {"query|endswith": ".example.net", "record_type": "TXT"}, True),
    ("history", ZSH, {"product": "linux", "category": "process_creation"}, {"CommandLine|contains": "u@198.51"}, True),
    ("audit.log", AUDITD, {"product": "linux", "category": "process_creation"}, {"CommandLine|contains": "u@198.51"}, True),
    ("audit.log", AUDITD, {"product": "linux", "service": "auditd"}, {"type": "USER_LOGIN", "acct": "sato"}, True),
    ("pan.log", PAN, {"category": "firewall"}, {"src_ip": "192.0.2.10", "dst_port": 443}, True),
    ("pan.log", PAN, {"product": "paloalto"}, {"app": "ssl", "verdict": "allow"}, True),
    ("dns.json", ZEEK, {"product": "zeek", "service": "dns"}, {"query|endswith": ".example.net", "id.resp_p": 53}, True),
    ("dns.json", ZEEK, {"category": "dns"}, {"query": "t.example.net", "record_type": "TXT"}, True),
    ("dns.json", ZEEK, {"product": "zeek", "service": "http"}, {"id.resp_p": 53}, False),
    ("caddy.log", CADDY, {"category": "webserver"}, {"cs-uri-stem": "/members/7", "cs-method": "GET", "sc-status": 200}, True),
    ("audit.json", M365, {"product": "m365", "service": "audit"}, {"Operation": "FileDownloaded"}, True),
    ("audit.json", M365, {"product": "m365", "service": "exchange"}, {"eventSource": "SharePoint"}, True),
    ("access.log", ACCESS, {"category": "webserver"}, {"cs-uri-query|contains": "or%201=1", "cs-method": "GET"}, True),
    ("access.log", ACCESS, {"category": "webserver"}, {"cs-user-agent|contains": "sqlmap", "sc-status": 200}, True),
    ("access.log", ACCESS, {"category": "webserver"}, {"cs-uri-stem|endswith": "/index.php", "c-ip": "198.51.100.7"}, True),
    ("access.log", ACCESS, {"category": "webserver"}, {"cs-uri-stem|contains": "or%201"}, False),
    ("access.log", ACCESS, {"service": "apache"}, {"cs-referer|startswith": "https://www.example.com"}, True),
    ("u_ex240605.log", IIS, {"category": "webserver"}, {"cs-uri-stem|endswith": ".aspx", "cs-uri-query": "a=1"}, True),
    ("u_ex240605.log", IIS, {"category": "webserver"}, {"cs-user-agent|startswith": "python-requests"}, True),
    ("fg.log", FORTIGATE, {"category": "proxy"}, {"cs-host|endswith": ".gigafile.nu", "cs-method": "POST"}, True),
    ("fg.log", FORTIGATE, {"category": "proxy"}, {"c-uri|contains": "/upload", "c-useragent|startswith": "curl/"}, True),
    ("fg.log", FORTIGATE, {"category": "firewall"}, {"src_ip": "192.168.1.5", "dst_ip": "198.51.100.7", "dst_port": 443}, True),
    ("fg.log", FORTIGATE, {"category": "firewall"}, {"dst_port": 80}, False),
    ("fg.log", FORTI_CONFIG, {"product": "fortigate", "service": "event"}, {"action": "Add", "cfgpath": "system.admin"}, True),
    ("auth.log", SUDO, {"product": "linux", "category": "process_creation"}, {"Image|endswith": "/scp"}, True),
    ("auth.log", SUDO, {"product": "linux", "category": "process_creation"}, {"CommandLine|contains": "u@198.51"}, True),
    ("auth.log", SUDO, {"product": "linux", "service": "sudo"}, {"USER": "root"}, True),
    ("auth.log", SSHD, {"product": "linux", "service": "sshd"}, ["Accepted password for root"], True),
    ("auth.log", SSHD, {"product": "linux", "service": "sudo"}, ["Accepted password for root"], False),
    ("auth.log", SSHD, {"product": "linux", "service": "auth"}, ["Accepted password for root"], True),
    ("daemon.log", NAMED, {"category": "dns"}, {"query|endswith": ".example.net", "record_type": "TXT"}, True),
]  # fmt: skip
SECURITY = {"Channel": "Security", "Provider_Name": "Microsoft-Windows-Security-Auditing"}
KEY = "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\x"
REGISTRY = {
    **SECURITY,
    "EventID": 4657,
    "ObjectName": KEY,
    "ObjectValueName": "Start",
    "NewValue": "4",
    "SubjectUserName": "sato",
}
SET = {**REGISTRY, "OperationType": "%%1905", "ProcessName": "C:\\Windows\\regedit.exe"}
DELETED = {**REGISTRY, "OperationType": "%%1906"}
CONNECTED = {
    **SECURITY, "EventID": 5156, "Application": "\\device\\harddiskvolume2\\tools\\x.exe", "Direction": "%%14593",
    "SourceAddress": "192.168.1.5", "DestAddress": "198.51.100.7", "DestPort": "443", "Protocol": "6",
}  # fmt: skip
STARTED = {
    **SECURITY, "EventID": 4688, "NewProcessName": "C:\\Windows\\System32\\cmd.exe", "CommandLine": "cmd /c whoami",
    "ParentProcessName": "C:\\Windows\\System32\\w3wp.exe", "MandatoryLabel": "S-1-16-16384", "SubjectUserName": "PC1$",
}  # fmt: skip
READ = {**SECURITY, "EventID": 4663, "ObjectType": "File", "ObjectName": "C:\\Users\\a\\Login Data", "ProcessName": "C:\\x.exe"}
KEY_MADE = {
    "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 12, "EventType": "CreateKey", "TargetObject": "HKLM\\X",
}  # fmt: skip
THREAT = {
    "Channel": "Microsoft-Windows-Windows Defender/Operational", "EventID": 1116,
    "Threat Name": "Trojan:Win32/X", "Path": "C:\\x",
}  # fmt: skip
EVENTS = [
    (STARTED, "process_creation", {"Image|endswith": "\\cmd.exe", "ParentImage|endswith": "\\w3wp.exe"}, True),
    (STARTED, "process_creation", {"IntegrityLevel": "System", "User": "PC1$"}, True),
    (STARTED, "process_creation", {"OriginalFileName": "Cmd.Exe"}, False),
    (SET, "registry_set", {"TargetObject": "HKLM\\System\\CurrentControlSet\\Services\\x\\Start", "Details": "4"}, True),
    (SET, "registry_set", {"EventType": "SetValue", "Image|endswith": "\\regedit.exe"}, True),
    (SET, "registry_delete", {"TargetObject|contains": "\\Services\\x"}, False),
    (DELETED, "registry_delete", {"TargetObject|contains": "\\Services\\x"}, True),
    (DELETED, "registry_set", {"TargetObject|contains": "\\Services\\x"}, False),
    (KEY_MADE, "registry_add", {"TargetObject": "HKLM\\X"}, True),
    (KEY_MADE, "registry_delete", {"TargetObject": "HKLM\\X"}, False),
    (CONNECTED, "network_connection", {"Initiated": "true", "DestinationPort": 443, "Image|endswith": "\\x.exe"}, True),
    (CONNECTED, "network_connection", {"DestinationIp|cidr": "198.51.100.0/24", "Protocol": "tcp"}, True),
    (CONNECTED, "network_connection", {"Initiated": "false"}, False),
    (READ, "file_access", {"FileName|endswith": "\\Login Data", "Image": "C:\\x.exe"}, True),
    (READ, "file_delete", {"TargetFilename|endswith": "\\Login Data"}, False),
    ({**READ, "AccessMask": "0x10000"}, "file_delete", {"TargetFilename|endswith": "\\Login Data"}, True),
    (THREAT, "antivirus", {"Signature|startswith": "Trojan:", "Filename": "C:\\x"}, True),
]  # fmt: skip


def _hits(batch: pa.Table, logsource: dict[str, str], selection: Any, folder: Path) -> bool:
    rule = {"title": "x", "logsource": logsource, "detection": {"selection": selection, "condition": "selection"}}
    path = folder / "rule.yml"
    path.write_text(yaml.safe_dump(rule), "utf-8")
    rules, problems = parse_rules([path])
    assert not problems
    engine = Engine.build(rules)
    assert not engine.not_applicable
    return bool(list(engine.run(from_table(batch), offset=timedelta())))


@pytest.mark.parametrize(("name", "text", "logsource", "selection", "expected"), CASES)
def test_a_line_of_a_log_is_found_by_a_rule_in_sigmas_words(
    tmp_path: Path, name: str, text: str, logsource: dict[str, str], selection: Any, *, expected: bool
) -> None:
    path = tmp_path / name
    path.write_text(text * 3, "utf-8")
    source = local_source(path)
    reader, _ = readers.recognise(source)
    assert reader is not None
    batches: list[pa.Table] = []
    assert not readers.run(reader, source, batches.append).faults
    assert _hits(batches[0], logsource, selection, tmp_path) == expected


@pytest.mark.parametrize(("event", "category", "selection", "expected"), EVENTS)
def test_a_built_in_event_serves_a_category_of_sysmon_where_it_says_the_same(
    tmp_path: Path, event: dict[str, Any], category: str, selection: Any, *, expected: bool
) -> None:
    from datetime import UTC, datetime

    batch = table([{**event, "time": datetime(2024, 6, 5, tzinfo=UTC)}])
    logsource = {"category": category} if category == "antivirus" else {"product": "windows", "category": category}
    assert _hits(batch, logsource, selection, tmp_path) == expected

"""Logs that tie names and machines to addresses: DNS and DHCP."""

from __future__ import annotations

from tests.readers.make_line_samples import Log

# ruff: noqa: E501  # log lines are as long as they are

_ISC = '  starts 1 2024/06/17 01:00:00;\n  ends 1 2024/06/17 13:00:00;\n  cltt 1 2024/06/17 01:00:00;\n  binding state {state};\n  next binding state free;\n  hardware ethernet 02:00:00:00:00:{last};\n  uid "\\001\\002";\n  client-hostname "{name}";\n}}'


def _lease(address: str, state: str, last: str, name: str) -> str:
    return f"lease {address} {{\n" + _ISC.format(state=state, last=last, name=name)


LOGS = (
    Log(
        "network.windows_dns_debug",
        "dns.log",
        (
            "2024/06/17 10:00:00 0E54 PACKET  00000000028657F0 UDP Rcv 192.0.2.10      4a1c   Q [0001   D   NOERROR] A      (4)mail(7)example(3)com(0)",
            "2024/06/17 10:00:00 0E54 PACKET  00000000028657F0 UDP Snd 192.0.2.10      4a1c R Q [8385 A DR NXDOMAIN] A      (4)mail(7)example(3)com(0)",
            "6/17/2024 1:00:05 PM 0E54 PACKET  00000000028657F0 TCP Rcv 2001:db8::10    4a1d   Q [0001   D   NOERROR] AAAA   (3)www(7)example(2)jp(0)",
            "2024/06/17 10:00:09 0E54 EVENT   The DNS server has started.",
        ),
        (
            "2024/06/17 10:01:00 0E54 PACKET  00000000028657F0 UDP Rcv 192.0.2.11      4a1e   Q [0001   D   NOERROR] A      (6)日本(7)example(2)jp(0)",
            "2024/06/17 午後 1:01:05 0E54 PACKET  00000000028657F0 UDP Rcv 192.0.2.11      4a1f   Q [0001   D   NOERROR] A      (4)社内(5)local(0)",
        ),
        (
            "DNS Server log file creation at 2024/06/17 9:00:00",
            "Log file wrap at 2024/06/17 9:00:00",
            "",
            "Message logging key (for packets - other items use a subset of these fields):",
            "\tField #  Information         Values",
            "\t-------  -----------         ------",
            "\t   1     Date",
            "",
        ),
    ),
    Log(
        "network.unbound",
        "unbound.log",
        (
            "[1718586000] unbound[1234:0] info: 192.0.2.10 mail.example.com. A IN",
            "[1718586001] unbound[1234:0] info: 192.0.2.10 mail.example.com. A IN NOERROR 0.012345 0 50",
            "[1718586002] unbound[1234:1] reply: 2001:db8::10 gone.example.com. AAAA IN NXDOMAIN 0.000000 1 110",
            "[1718586003] unbound[1234:0] notice: init module 0: validator",
        ),
        (
            "[1718586060] unbound[1234:0] info: 192.0.2.11 日本.example.jp. A IN",
            "[1718586061] unbound[1234:0] info: 192.0.2.11 社内.local. A IN",
        ),
    ),
    Log(
        "network.windows_dhcp",
        "DhcpSrvLog-Mon.log",
        (
            "10,06/17/24,10:00:00,Assign,192.0.2.10,pc01.example.jp,020000000001,,123,0,,,,,,,,,0",
            "11,06/17/24,10:30:00,Renew,192.0.2.10,pc01.example.jp,020000000001,,124,0,,,,,,,,,0",
            "15,06/17/24,10:40:00,NACK,192.0.2.11,,020000000002,,125,0,,,,,,,,,0",
            "00,06/17/24,09:00:00,Started,,,,,0,6,,,,,,,,,0",
        ),
        (
            "10,06/17/24,10:01:00,Assign,192.0.2.12,営業部端末,020000000003,,126,0,,,,,,,,,0",
            "10,06/17/24,10:01:05,Assign,192.0.2.13,総務端末,020000000004,,127,0,,,,,,,,,0",
        ),
        (
            "\t\tMicrosoft DHCP Service Activity Log",
            "",
            "Event ID  Meaning",
            "00\tThe log was started.",
            "",
            "ID,Date,Time,Description,IP Address,Host Name,MAC Address,User Name, TransactionID, QResult,Probationtime, CorrelationID,Dhcid,VendorClass(Hex),VendorClass(ASCII),UserClass(Hex),UserClass(ASCII),RelayAgentInformation,DnsRegError.",
        ),
    ),
    Log(
        "network.windows_dhcp_ja",
        "DhcpSrvLog-Mon.log",
        (
            "10,2024/06/17,10:00:00,割り当て,192.0.2.10,pc01.example.jp,020000000001,,123,0",
            "12,2024/06/17,10:30:00,解放,192.0.2.10,pc01.example.jp,020000000001,,124,0",
        ),
        ("10,2024/06/17,10:01:00,割り当て,192.0.2.12,営業部端末,020000000003,,126,0",),
        ("ID,日付,時刻,説明,IP アドレス,ホスト名,MAC アドレス,ユーザー名,TransactionID,QResult",),
    ),
    Log(
        "network.kea_leases",
        "kea-leases4.csv",
        (
            "192.0.2.10,02:00:00:00:00:01,01:02:00:00:00:00:01,3600,1718589600,1,0,0,pc01,0,,0",
            "192.0.2.11,02:00:00:00:00:02,,3600,1718589660,1,0,0,,0,,0",
        ),
        ("192.0.2.12,02:00:00:00:00:03,,3600,1718589720,1,0,0,営業部端末,0,,0",),
        ("address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id",),
    ),
    Log(
        "network.dnsmasq_leases",
        "dnsmasq.leases",
        (
            "1718589600 02:00:00:00:00:01 192.0.2.10 pc01 01:02:00:00:00:00:01",
            "1718589660 02:00:00:00:00:02 192.0.2.11 * *",
            "duid 00:01:00:01:2a:2b:2c:2d:02:00:00:00:00:01",
            "1718589700 2 2001:db8::10 pc01 00:01:00:01:2a",
        ),
        ("1718589720 02:00:00:00:00:03 192.0.2.12 営業部端末 *", "1718589730 02:00:00:00:00:04 192.0.2.13 総務端末 *"),
    ),
    Log(
        "network.dhcpd_leases",
        "dhcpd.leases",
        (
            _lease("192.0.2.10", "active", "01", "pc01"),
            _lease("192.0.2.11", "free", "02", "pc02").replace("starts 1 2024/06/17 01:00:00", "starts epoch 1718586000"),
        ),
        (_lease("192.0.2.12", "active", "03", "営業部端末"), _lease("192.0.2.13", "active", "04", "総務端末")),
        (
            "# The format of this file is documented in the dhcpd.leases(5) manual page.",
            "authoring-byte-order little-endian;",
            "",
        ),
    ),
)

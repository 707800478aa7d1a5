"""Logs of office routers common in Japan."""

from __future__ import annotations

from tests.readers.make_line_samples import Log

LOGS = (
    Log(
        "network.yamaha_rtx",
        "rtx.log",
        (
            "2024/06/17 10:00:00: PP[01] Rejected at IN(1013) filter: TCP 198.51.100.9:50000 > 192.0.2.5:22",
            "2024/06/17 10:00:01: [INSPECT]  LAN2[out][101099] TCP 192.0.2.10:50122 > 198.51.100.20:443 (2024/06/17 09:59:41)",
            "2024/06/17 10:00:02: [DHCPD] LAN1(port1) Allocates 192.0.2.10: 00:00:5e:00:53:01",
            "2024/06/17 10:00:03: Login succeeded for TELNET: 192.0.2.10 kanri",
            "2024/06/17 10:00:04: 'administrator' succeeded for TELNET: 192.0.2.10 kanri",
            "2024/06/17 10:00:05: Login failed for SSH: 198.51.100.9 root",
            '2024/06/17 10:00:06: Configuration saved in "CONFIG0" by TELNET(192.0.2.10)',
            "2024/06/17 10:00:07: Logout from TELNET: 192.0.2.10 kanri",
            "2024/06/17 10:01:00: [IKE] respond ISAKMP phase to 203.0.113.9",
            "2024/06/17 10:01:01: IP Tunnel[1] Up",
            "2024/06/17 10:01:02: [L2TP] TUNNEL[1] connected from 203.0.113.9",
            "2024/06/17 10:01:02: [L2TP] TUNNEL[1] session 61451 established",
            "2024/06/17 10:01:05: PP[ANONYMOUS01] Call detected from user 'hanako'",
            "2024/06/17 10:01:05: PP[ANONYMOUS01] PPP/IPCP up  (Local: 192.0.2.1, Remote: 192.0.2.201)",
            "2024/06/17 10:01:05: PP[ANONYMOUS01] Remote PP IP address 192.0.2.201",
            "2024/06/17 10:05:00: PP[ANONYMOUS02] RECV CHAP Failure in CS_OPEN/SS_CLOSED",
            "2024/06/17 11:01:05: PP[ANONYMOUS01] Disconnect call from user 'hanako'",
            "2024/06/17 11:01:06: [L2TP] TUNNEL[1] disconnect tunnel 22211 complete",
            "2024/06/17 11:01:07: IP Tunnel[1] Down",
            "2024/06/17 12:00:00: PPPOE[01] Disconnected, cause [PPP: Authentication failed]",
            "2024/06/17 12:00:05: same message repeated 3 times",
            "Jun 17 2024 12:01:00 rtx01 LAN2 Rejected at IN(1030) filter: UDP 198.51.100.9:5000 > 192.0.2.5:161",
            "Jun 17 2024 12:01:01 web01 sshd[811]: Accepted password for hanako from 192.0.2.10 port 50122 ssh2",
        ),
        (
            "2024/06/17 10:02:00: [IKE] 設定を読み込みました",
            "2024/06/17 10:02:01: Login succeeded for HTTP: 192.0.2.10 管理者",
        ),
    ),
    Log(
        "network.nec_ix",
        "ix.log",
        (
            "2024/06/17 10:00:00 CNFG.003: Startup config write done  (TTY:1).",
            "2024/06/17 10:00:01 FLT.009: BLOCK tcp 198.51.100.9:50000 > 192.0.2.5:22, match sec-list, GigaEthernet0.1 in",
            "2024/06/17 10:00:02 FLT.011: PASS udp 192.0.2.10:53000 > 198.51.100.20:53, match flt-list, GigaEthernet2.0 in",
            "2024/06/17 10:00:03 TELD.002: Login failed, user admin from 198.51.100.9",
            "2024/06/17 10:00:04 SSHD.004: User kanri login from 192.0.2.10 (TTY:2)",
            "2024/06/17 10:00:05 PPP.018: L2TP session established, user hanako, from 203.0.113.9, Tunnel1.0",
            "2024/06/17 10:00:06 PPP.022: Assigned address 192.0.2.202 to user hanako, peer 203.0.113.9",
            "2024/06/17 11:00:06 PPP.019: L2TP session closed, user hanako, from 203.0.113.9",
            "2024/06/17 11:00:07 NAPT.003: Translation table is full, 192.0.2.10:50122 > 198.51.100.20:443",
            "<133>Jun 17 2024 10:00:08 192.0.2.1 2024/06/17 10:00:08 IKE.016: ISAKMP SA established, peer 203.0.113.9",
            "Jun 17 2024 10:00:09 ix2215 DHCP.012: Lease 192.0.2.11 to 00:00:5e:00:53:02, GigaEthernet2.0",
            "Jun 17 2024 10:00:10 web01 sshd[811]: Accepted password for hanako from 192.0.2.10 port 50122 ssh2",
            "00:00:05 SYS.013: System warm started",
        ),
        (
            "2024/06/17 10:02:00 NM.004: サイト名 本社 を登録しました",
            "2024/06/17 10:02:01 TELD.002: Login failed, user 管理者 from 198.51.100.9",
        ),
    ),
)

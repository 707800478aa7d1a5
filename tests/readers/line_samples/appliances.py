"""Records of firewalls and VPN appliances."""

from __future__ import annotations

from tests.readers.make_line_samples import Log

# ruff: noqa: E501  # log lines are as long as they are

LOGS = (
    Log(
        "network.cef",
        "cef.log",
        (
            "<134>Jun 17 2024 10:00:00 fw01 CEF:0|Example|Gateway\\|X|7.1|100|Connection allowed|3|rt=1718586000123 src=192.0.2.10 spt=50122 dst=198.51.100.20 dpt=443 proto=TCP act=Allow in=2048 out=5242880 dvchost=fw01",
            "<134>Jun 17 2024 10:00:05 fw01 CEF:0|Example|Gateway|7.1|200|Login failed|7|rt=Jun 17 2024 10:00:05 suser=hanako src=203.0.113.5 msg=Login failed for user \\= hanako reason=bad password",
            'Jun 17 2024 10:00:09 fw01 CEF:0|Example|Proxy|2|300|Upload|5|start=1718586009000 suser=EXAMPLE\\\\hanako src=192.0.2.10 request=https://up.example.com/a?b\\=c fname=list "new".csv out=40960 act=blocked',
            "Jun 17 2024 10:00:10 fw01 sshd[811]: Accepted password for hanako from 192.0.2.10 port 50122 ssh2",
        ),
        (
            "<134>Jun 17 2024 10:01:00 fw01 CEF:0|Example|Proxy|2|300|アップロード|5|rt=1718586060000 suser=山田 src=192.0.2.11 fname=顧客名簿.csv out=40960 act=Allow",
            "<134>Jun 17 2024 10:01:05 fw01 CEF:0|Example|Proxy|2|301|ファイル取得|5|rt=1718586065000 suser=鈴木 src=192.0.2.12 fname=名簿.csv in=100 act=Allow",
        ),
    ),
    Log(
        "network.leef",
        "leef.log",
        (
            "<13>Jun 17 2024 10:00:00 fw01 LEEF:1.0|Example|Gateway|7.1|Accept|devTime=Jun 17 2024 10:00:00\tsrc=192.0.2.10\tdst=198.51.100.20\tdstPort=443\tusrName=hanako\tsrcBytes=5242880\tdstBytes=2048\taction=Accept",
            "2024-06-17T10:00:05+09:00 fw01 LEEF:2.0|Example|Gateway|7.1|Login failed|^|devTime=1718586005000^src=203.0.113.5^usrName=admin^msg=wrong password, user=admin",
            "2024-06-17T10:00:09+09:00 fw01 LEEF:2.0|Example|Gateway|7.1|Drop|x7C|devTime=1718586009000|src=203.0.113.6|dst=192.0.2.10|action=Drop",
        ),
        (
            "2024-06-17T10:01:00+09:00 fw01 LEEF:1.0|Example|Proxy|2|アップロード|src=192.0.2.11\tusrName=山田\turl=https://up.example.com/顧客名簿.csv\tsrcBytes=40960\taction=Allow",
        ),
    ),
    Log(
        "network.checkpoint",
        "fw.log",
        (
            '<134>1 2024-06-17T01:00:00Z gw01 CheckPoint 13752 - [action:"Accept"; flags:"444676"; ifdir:"inbound"; ifname:"eth0"; loguid:"{0x1,0x0}"; origin:"203.0.113.1"; time:"1718586000"; version:"5"; dst:"198.51.100.20"; product:"VPN-1 & FireWall-1"; proto:"6"; s_port:"50122"; service:"443"; src:"192.0.2.10"; sent_bytes:"5242880"; received_bytes:"2048"]',
            '<134>1 2024-06-17T01:00:05Z gw01 CheckPoint 13752 - [action:"Log In"; time:"1718586005"; user:"hanako"; src:"203.0.113.9"; office_mode_ip:"10.1.1.7"; product:"Mobile Access"; auth_method:"Password"; reason:"ok; with \\"quotes\\""]',
            "time=1718586009|hostname=gw01|product=Firewall|action=Drop|ifdir=inbound|loguid={0x2,0x0}|origin=203.0.113.1|originsicname=cn\\=cp,o\\=gw01|dst=192.0.2.10|proto=6|s_port=4022|service=22|src=203.0.113.5|",
            "17Jun2024 10:00:12 accept gw01 >eth0 inzone: Internal; outzone: External; rule: 5; src: 192.0.2.10; dst: 198.51.100.20; proto: tcp; service: https; s_port: 50123; product: VPN-1 & FireWall-1;",
            "17Jun2024 10:00:13 drop   gw01 <eth1 rule: 9; src: 203.0.113.5; dst: 192.0.2.10; proto: tcp; service: ssh; s_port: 4023;",
        ),
        (
            '<134>1 2024-06-17T01:01:00Z gw01 CheckPoint 13752 - [action:"Log In"; time:"1718586060"; user:"山田太郎"; src:"203.0.113.9"; product:"Mobile Access"]',
            '<134>1 2024-06-17T01:01:05Z gw01 CheckPoint 13752 - [action:"Failed Log In"; time:"1718586065"; user:"鈴木"; src:"203.0.113.9"; product:"Mobile Access"]',
        ),
    ),
    Log(
        "network.juniper",
        "srx.log",
        (
            '<14>1 2024-06-17T10:00:00.123+09:00 srx01 RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.40 reason="TCP FIN" source-address="192.0.2.10" source-port="50122" destination-address="198.51.100.20" destination-port="443" service-name="junos-https" protocol-id="6" policy-name="out" session-id-32="12" packets-from-client="120" bytes-from-client="5242880" packets-from-server="60" bytes-from-server="2048" elapsed-time="12" username="hanako"]',
            '<14>1 2024-06-17T10:00:05+09:00 srx01 RT_FLOW - RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.40 source-address="203.0.113.5" source-port="4022" destination-address="192.0.2.10" destination-port="22" protocol-id="6" policy-name="deny"]',
            "<14>Jun 17 2024 10:00:09 srx01 RT_FLOW: RT_FLOW_SESSION_CREATE: session created 192.0.2.10/50124->198.51.100.20/443 0x0 junos-https 203.0.113.1/1024->198.51.100.20/443 0x0 r1 N/A 6 out trust untrust 13 N/A(N/A) ge-0/0/1.0",
            "<14>Jun 17 2024 10:00:19 srx01 RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: 192.0.2.10/50124->198.51.100.20/443 junos-https 203.0.113.1/1024->198.51.100.20/443 r1 N/A 6 out trust untrust 13 9(4096) 7(1024) 10 UNKNOWN UNKNOWN",
            "<14>Jun 17 2024 10:00:20 srx01 sshd[811]: Accepted password for hanako from 192.0.2.10 port 50125 ssh2",
            '<134>Jun 17 2024 10:00:21 ns25: NetScreen device_id=ns25  [Root]system-notification-00257(traffic): start_time="2024-06-17 10:00:01" duration=20 policy_id=1 service=https proto=6 src zone=Trust dst zone=Untrust action=Permit sent=1024 rcvd=2048 src=192.0.2.10 dst=198.51.100.20 src_port=50126 dst_port=443 session_id=7 reason=Close - TCP FIN',
        ),
        (
            '<14>1 2024-06-17T10:01:00+09:00 srx01 RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.40 source-address="192.0.2.11" destination-address="198.51.100.21" destination-port="80" bytes-from-client="300" username="山田" policy-name="社外"]',
            '<14>1 2024-06-17T10:01:05+09:00 srx01 RT_FLOW - RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.40 source-address="192.0.2.12" destination-address="198.51.100.21" destination-port="80" policy-name="拒否"]',
        ),
    ),
    Log(
        "network.allied_telesis",
        "buffered.log",
        (
            "2024 Jun 17 10:00:00 kern.info awplus kernel: Firewall rule 10: PERMIT IN=vlan1 OUT=ppp0 SRC=192.0.2.10 DST=198.51.100.20 LEN=60 TTL=63 PROTO=TCP SPT=50122 DPT=443",
            "2024 Jun 17 10:00:05 kern.info awplus kernel: Firewall: DENY IN=ppp0 OUT= SRC=203.0.113.5 DST=192.0.2.10 LEN=40 TTL=50 PROTO=TCP SPT=4022 DPT=22",
            "2024 Jun 17 10:00:12 local5.info awplus conntrack: END proto=tcp orig_src=192.0.2.10 orig_dst=198.51.100.20 orig_sport=50122 orig_dport=443 orig_pkts=120 orig_bytes=5242880 reply_src=198.51.100.20 reply_dst=203.0.113.1 reply_sport=443 reply_dport=50122 reply_pkts=60 reply_bytes=2048",
            "2024 Jun 17 10:00:20 user.notice awplus IMISH[1837]: show running-config",
        ),
        ("2024 Jun 17 10:01:00 user.notice awplus IMISH[1837]: description 本社",),
    ),
    Log(
        "network.ivanti",
        "log.events",
        (
            "info - [203.0.113.9] - hanako(Users)[Staff] - 2024/06/17 10:00:00 - Login succeeded for hanako/Users (session:1a2b) from 203.0.113.9.",
            "info - [203.0.113.9] - hanako(Users)[Staff] - 2024/06/17 10:00:02 - VPN Tunneling: Session started for user with IPv4 address 10.1.1.7, hostname pc01",
            "info - [203.0.113.5] - admin(Users)[] - 2024/06/17 10:00:05 - Login failed using auth server AD (LDAP Server). Reason: Failed",
            "info - [203.0.113.9] - hanako(Users)[Staff] - 2024/06/17 11:00:00 - Closed connection to 10.1.1.7 after 3598 seconds, with 5242880 bytes read and 2048 bytes written",
            "info - [127.0.0.1] - System()[] - 2024/06/17 11:00:01 - Sending log to syslog",
        ),
        (
            "info - [203.0.113.9] - 山田(Users)[営業] - 2024/06/17 10:01:00 - Login succeeded for 山田/Users from 203.0.113.9.",
            "info - [203.0.113.9] - 鈴木(Users)[総務] - 2024/06/17 10:01:05 - Logout from 203.0.113.9",
        ),
    ),
)

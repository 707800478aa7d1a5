"""Write the sample folders of the line-log readers: `python -m tests.readers.make_log_samples`, the same bytes each time.

Hosts, people and addresses are invented (RFC 2606, RFC 5737, RFC 3849).
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"


def write(reader: str, sample: str, name: str, data: str | bytes, changed: datetime | None = None) -> None:
    """Write one sample folder; `changed` becomes the file's change time."""
    folder = HERE / reader / sample
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    if changed:
        (folder / "mtime.txt").write_text(str(int(changed.timestamp()) * 1_000_000))


# ruff: noqa: E501  # log lines are as long as they are


def web_access() -> None:
    ordinary = [
        '192.0.2.10 - - [16/May/2024:09:05:03 +0900] "GET /index.html HTTP/1.1" 200 5120',
        f'192.0.2.11 - hanako [16/May/2024:09:05:04 +0900] "GET /list.csv?from=1 HTTP/1.1" 200 40960 "https://www.example.jp/" "{AGENT}"',
        f'2001:DB8::0:1 - - [16/May/2024:00:05:05 +0000] "POST /login HTTP/2.0" 401 - "-" "{AGENT}"',
        '::ffff:192.0.2.12 - - [16/May/2024:09:05:06 +0900] "HEAD / HTTP/1.0" 404 0 "-" "say \\"hi\\""',
        f'www.example.jp:443 192.0.2.13 - - [16/May/2024:09:05:07 +0900] "GET /a HTTP/1.1" 304 - "-" "{AGENT}"',
        f'192.0.2.14 - - [16/May/2024:09:05:08 +0900] "GET /b HTTP/1.1" 200 12 "-" "{AGENT}" 0.123 "198.51.100.7, 192.0.2.99"',
        '192.0.2.15 - - [16/May/2024:09:05:09 +0900] "\\x16\\x03\\x01\\x02\\x00" 400 226 "-" "-"',
        '192.0.2.16 - - [16/May/2024:09:05:10 +0900] "-" 408 - "-" "-"',
        '192.0.2.17 - Yamada Taro [16/May/2024:09:05:11] "GET /c d.txt HTTP/1.1" 200 7 "-" "curl/8.0"',
        'client.example.net - - [16/May/2024:09:05:12 -0500] "GET /say"x" HTTP/1.1" 200 7',
    ]
    write("web.access", "ordinary", "access.log", "\n".join(ordinary) + "\n")
    damaged = "\n".join(
        [
            "half a line that lost its beginn",
            "and another",
            ordinary[0],
            "",
            '192.0.2.20 - - [31/Feb/2024:09:05:03 +0900] "GET /no-such-day HTTP/1.1" 200 1',
            ordinary[1],
        ]
    )
    write(
        "web.access", "damaged", "access.log", damaged.encode() + b"\n" + bytes(64) + ordinary[4].encode() + b"\n192.0.2.2 - -"
    )
    japanese = (
        ordinary[0].encode()
        + '\n192.0.2.30 - - [16/May/2024:09:06:00 +0900] "GET /学生名簿.xlsx HTTP/1.1" 200 9 "-" "-"\r\n'.encode("cp932")
        + '192.0.2.31 - - [16/May/2024:09:06:01 +0900] "GET /成績一覧.xlsx HTTP/1.1" 200 9 "-" "-"\r\n'.encode("cp932")
        + b'192.0.2.32 - - [16/May/2024:09:06:02 +0900] "GET /\xff\xfe\x81 HTTP/1.1" 404 9 "-" "-"\r\n'
    )
    write("web.access", "cp932_names", "access.log", japanese)
    own = [
        f'"203.0.113.{n + 5}, 10.0.0.1" www.example.jp {user} [16/May/2024:09:05:0{n} +0900] TLSv1.3 TLS_AES_256_GCM_SHA384 '
        f'"{request}" {status} {size} "-" "{AGENT}" rt=0.{n}20 10.0.1.{n % 2 + 5}:8080 0.{n}10 3fa85f64-5717-4562-b3fc-2c963f66af0{n}'
        for n, (user, request, status, size) in enumerate(
            [
                ("-", "GET / HTTP/1.1", 200, 5120),
                ("sato", "GET /members.csv?page=2 HTTP/1.1", 200, 409600),
                ("-", "POST /login HTTP/1.1", 401, "-"),
                ("tanaka.h", "GET /名簿.pdf HTTP/1.1", 404, 312),
            ]
        )
    ]
    write("web.access", "own_format", "access.log", "\n".join([*own, "203.0.113.9 cut off", ""]))
    tabs = [
        f"2024-05-16T09:05:0{n}+09:00\t203.0.113.{n + 5}\t{user}\tGET /a/{n} HTTP/1.1\t200\t{n}7120\t{AGENT}\t0.{n}23\n"
        for n, user in enumerate(["-", "佐藤", "田中"])
    ]
    write("web.access", "own_format_tabs", "access.log", "".join(tabs).encode("cp932"))


AUTH = """\
May 16 09:05:03 web01 sshd[1201]: Accepted password for sato from 192.0.2.10 port 51022 ssh2
May 16 09:05:03 web01 sshd[1201]: pam_unix(sshd:session): session opened for user sato(uid=1001) by (uid=0)
May 16 09:05:09 web01 sshd[1202]: Failed password for invalid user admin from 198.51.100.7 port 40022 ssh2
May 16 09:05:10 web01 sshd[1202]: Failed password for root from 2001:DB8:0:0::7 port 40022 ssh2
May 16 09:05:11 web01 sshd[1203]: Invalid user oracle from 198.51.100.7 port 40100
May 16 09:05:12 web01 sshd[1203]: Connection closed by authenticating user root 198.51.100.7 port 40101 [preauth]
May 16 09:05:13 web01 sshd[1204]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=198.51.100.7  user=root
May 16 09:06:00 web01 sudo:     sato : TTY=pts/0 ; PWD=/home/sato ; USER=root ; COMMAND=/usr/bin/tar czf /tmp/a.tgz /srv/share
May 16 09:06:10 web01 sudo:     sato : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/home/sato ; USER=root ; COMMAND=/bin/bash
May 16 09:06:20 web01 su[1210]: pam_unix(su:session): session opened for user root by sato(uid=1001)
May 16 09:07:00 web01 useradd[1220]: new user: name=backup2, UID=1010, GID=1010, home=/home/backup2, shell=/bin/bash, from=/dev/pts/0
May 16 09:07:01 web01 usermod[1221]: add 'backup2' to group 'wheel'
May 16 09:07:02 web01 passwd[1222]: pam_unix(passwd:chauthtok): password changed for backup2
May 16 09:10:01 web01 CRON[1230]: (root) CMD (  /usr/local/bin/backup.sh)
May 16 09:11:00 web01 systemd-logind[600]: New session 7 of user sato.
May 16 09:20:00 web01 systemd-logind[600]: Removed session 7.
May 16 09:21:00 web01 kernel: [12345.678901] usb 1-1: new high-speed USB device number 4 using xhci_hcd
May 16 09:22:00 web01 -- MARK --
May 16 09:23:00 web01 vsftpd[1300]: [suzuki] OK DOWNLOAD: Client "::ffff:192.0.2.44", "/srv/ftp/list.csv", 40960 bytes, 812.3Kbyte/sec
May 16 09:24:00 web01 dovecot: imap-login: Login: user=<suzuki@example.jp>, method=PLAIN, rip=192.0.2.45, lip=192.0.2.1, mpid=99, TLS, session=<abc>
May 16 09:24:01 web01 dovecot: imap-login: Disconnected (auth failed, 3 attempts in 9 secs): user=<info@example.jp>, method=PLAIN, rip=198.51.100.9, lip=192.0.2.1, TLS
May 16 09:25:00 vpn01 openvpn[700]: 198.51.100.20:40000 [tanaka] Peer Connection Initiated with [AF_INET]198.51.100.20:40000
May 16 09:25:01 fw01 kernel: [1.0] DROP IN=eth0 OUT= MAC=00:00:5e:00:53:01 SRC=198.51.100.8 DST=192.0.2.1 LEN=60 PROTO=TCP SPT=4444 DPT=22
"""
MAIL = """\
May 16 13:05:00 mx postfix/smtpd[2001]: connect from pc7.example.jp[192.0.2.77]
May 16 13:05:01 mx postfix/smtpd[2001]: 4A1B2C3D4E: client=pc7.example.jp[192.0.2.77], sasl_method=PLAIN, sasl_username=kyomu@example.jp
May 16 13:05:01 mx postfix/cleanup[2002]: 4A1B2C3D4E: message-id=<20240516040501.1@example.jp>
May 16 13:05:02 mx postfix/qmgr[900]: 4A1B2C3D4E: from=<kyomu@example.jp>, size=845123, nrcpt=3 (queue active)
May 16 13:05:04 mx postfix/smtp[2003]: 4A1B2C3D4E: to=<a@example.com>, relay=mx.example.com[203.0.113.5]:25, delay=2.9, delays=0.5/0.01/1.2/1.2, dsn=2.0.0, status=sent (250 2.0.0 OK 1715832304)
May 16 13:05:05 mx postfix/smtp[2004]: 4A1B2C3D4E: to=<b@example.net>, orig_to=<all@example.jp>, relay=none, delay=3, delays=1/0/2/0, dsn=4.4.1, status=deferred (connect to mx.example.net[203.0.113.6]:25: Connection timed out)
May 16 13:05:06 mx postfix/smtp[2005]: 4A1B2C3D4E: to=<c@example.org>, relay=mx.example.org[203.0.113.7]:25, delay=4, delays=1/0/2/1, dsn=5.1.1, status=bounced (host mx.example.org[203.0.113.7] said: 550 5.1.1 User unknown)
May 16 13:05:06 mx postfix/qmgr[900]: 4A1B2C3D4E: removed
May 16 13:06:00 mx postfix/pickup[901]: 5B1B2C3D4E: uid=33 from=<www-data>
May 16 13:06:10 mx postfix/smtpd[2009]: NOQUEUE: reject: RCPT from unknown[198.51.100.9]: 554 5.7.1 <x@example.org>: Relay access denied; from=<s@example.org> to=<x@example.org> proto=ESMTP helo=<pc>
May 16 13:06:11 mx postfix/smtpd[2009]: warning: unknown[198.51.100.9]: SASL LOGIN authentication failed: authentication failure, sasl_username=kyomu
May 16 13:06:12 mx postfix/smtpd[2001]: disconnect from pc7.example.jp[192.0.2.77] ehlo=2 auth=1 mail=1 rcpt=3 data=1 quit=1 commands=9
"""
YEAR = """\
Dec 30 23:59:58 web01 sshd[10]: Accepted publickey for sato from 192.0.2.10 port 5001 ssh2: ED25519 SHA256:abc
Dec 31 23:59:59 web01 sshd[11]: Accepted publickey for sato from 192.0.2.10 port 5002 ssh2: ED25519 SHA256:abc
Jan  1 00:00:01 web01 sshd[12]: Accepted publickey for sato from 192.0.2.10 port 5003 ssh2: ED25519 SHA256:abc
Dec 31 23:59:59 web02 sshd[13]: Accepted publickey for sato from 192.0.2.10 port 5004 ssh2: ED25519 SHA256:abc
Jan  2 08:00:00 web01 sshd[14]: Accepted publickey for sato from 192.0.2.10 port 5005 ssh2: ED25519 SHA256:abc
Feb 30 08:00:00 web01 sshd[15]: no such day
"""
NEWER = """\
<38>1 2024-05-16T09:05:03.123456+09:00 web01 sshd 1201 - - Accepted password for sato from 192.0.2.10 port 51022 ssh2
<86>1 2024-05-16T00:05:04Z web01 app - ID47 [meta sequenceId="4" note="a\\]b"][x y="1"] \ufeff受付しました
2024-05-16T09:05:05.5+09:00 web01 sudo[9]:   sato : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/cp /srv/名簿.xlsx /tmp
2024-05-16 09:05:06 web01 su: (to root) sato on pts/0
<13>May 16 2024 09:05:07 web01 logger: a year behind the day
"""


def linux_syslog() -> None:
    may, january = datetime(2024, 5, 20, tzinfo=UTC), datetime(2024, 1, 3, tzinfo=UTC)
    write("linux.syslog", "auth", "secure", AUTH, may)
    write("linux.syslog", "postfix", "maillog", MAIL, may)
    write("linux.syslog", "over_new_year", "auth.log", YEAR, january)
    write("linux.syslog", "no_year_known", "auth.log", "".join(AUTH.splitlines(keepends=True)[:2]))
    write("linux.syslog", "year_in_the_name", "secure-20230604", "".join(AUTH.splitlines(keepends=True)[:2]), may)
    write("linux.syslog", "rfc5424_and_iso", "messages", NEWER)
    cp932 = "May 16 10:00:00 sv01 backup: 顧客台帳を複写しました\n".encode("cp932")
    torn = b"\x80\x81 torn\n  continued line\n" + AUTH.encode()[:180] + bytes(100) + AUTH.encode()[91:300]
    write("linux.syslog", "damaged_and_cp932", "syslog", cp932 + torn + cp932, may)


VPN = """\
May 16 09:05:03 fw01 : %ASA-6-113039: Group <VPN> User <tanaka> IP <198.51.100.7> AnyConnect parent session started.
May 16 2024 09:05:04: %ASA-4-722051: Group <VPN> User <tanaka> IP <198.51.100.7> IPv4 Address <192.0.2.202> IPv6 address <::> assigned to session
May 16 2024 10:05:03 fw01 %ASA-4-113019: Group = VPN, Username = tanaka, IP = 198.51.100.7, Session disconnected. Session Type: SSL, Duration: 1h:00m:00s, Bytes xmt: 1048576, Bytes rcv: 2048, Reason: User Requested
May 16 2024 10:06:03 fw01 %ASA-6-113005: AAA user authentication Rejected : reason = AAA failure : server = 192.0.2.5 : user = root : user IP = 198.51.100.9
May 16 2024 10:07:03 fw01 %ASA-6-113015: AAA user authentication Rejected : reason = Invalid password : local database : user = admin : user IP = 198.51.100.9
May 16 09:05:03 ive PulseSecure: 2024-05-16 09:05:03 - ive - [198.51.100.7] tanaka(Users)[Role1] - Login succeeded for tanaka/Users from 198.51.100.7.
May 16 09:05:09 ive PulseSecure: 2024-05-16 09:05:09 - ive - [198.51.100.7] tanaka(Users)[Role1] - VPN Tunneling: Session started for user with IPv4 address 192.0.2.200, hostname PC1
May 16 2024 10:08:03 fw01 %ASA-6-302013: Built inbound TCP connection 1234 for outside:198.51.100.7/51022 (198.51.100.7/51022)(LOCAL\\tanaka) to inside:192.0.2.5/445 (192.0.2.5/445) (tanaka)
May 16 2024 10:09:05 fw01 %ASA-6-302014: Teardown TCP connection 1234 for outside:198.51.100.7/51022(LOCAL\\tanaka) to inside:192.0.2.5/445 duration 0:01:02 bytes 8123456 TCP FINs (tanaka)
May 16 09:06:03 pa 1,2024/05/16 09:06:03,0123456,GLOBALPROTECT,0,2305,2024/05/16 09:06:03,vsys1,gateway-connected,connected,,SSLVPN,tanaka,JP,PC01,198.51.100.7,0.0.0.0,192.0.2.201,0.0.0.0,abc,SN,5.2.1,Windows,"Windows 10",1,,,"",success,,0,,0,GW1
May 16 09:07:03 app01 myapp[33]: Login failed for user bob from 198.51.100.44
May 16 09:08:03 utm01 sslvpnd: id=1 type=vpn action=login status=failed user=suzuki remip=198.51.100.45 note="no form of ours"
"""
SERVERS = """\
May 16 09:00:01 mx2 sendmail[501]: 44G0011a000501: from=<kyomu@example.jp>, size=2048, class=0, nrcpts=2, msgid=<1@example.jp>, proto=ESMTP, daemon=MTA, relay=pc7.example.jp [192.0.2.77]
May 16 09:00:02 mx2 sm-mta[502]: 44G0011a000501: to=<a@example.com>,<b@example.com>, ctladdr=<kyomu@example.jp> (500/500), delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=152048, relay=mx.example.com. [203.0.113.5], dsn=2.0.0, stat=Sent (OK)
May 16 09:00:03 mx2 sm-mta[503]: 44G0011a000501: to=<c@example.org>, delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=152048, relay=mx.example.org. [203.0.113.7], dsn=5.1.1, stat=User unknown
May 16 09:01:00 web02 nginx: 192.0.2.40 - sato [16/May/2024:09:01:00 +0900] "GET /名簿.csv HTTP/1.1" 200 512 "-" "curl/8.0"
May 16 09:01:01 lb01 haproxy[77]: 192.0.2.41:50000 [16/May/2024:09:01:01.100] www app/web02 0/0/1/2/3 503 212 - - ---- 1/1/0/0/0 0/0 "GET /a HTTP/1.1"
May 16 09:02:00 fs01 smbd_audit: EXAMPLE\\sato|192.0.2.50|share1|pread|ok|顧客/台帳.xlsx
May 16 09:02:01 fs01 smbd_audit: EXAMPLE\\sato|192.0.2.50|share1|unlinkat|ok|顧客/控え.xlsx
May 16 09:03:00 db01 mysqld: 2024-05-16T00:03:00.000000Z 12 [Note] Access denied for user 'root'@'198.51.100.3' (using password: YES)
May 16 09:04:00 ns01 named[9]: client @0x7f00 198.51.100.4#5353 (example.com): query (cache) 'example.com/ANY/IN' denied
May 16 09:04:10 mx2 dovecot: imap(sato@example.jp)<1234><abc>: Disconnected: Logged out in=1234 out=567890 deleted=0 expunged=0 trashed=0 hdr_count=10 hdr_bytes=100 body_count=5 body_bytes=560000
May 16 09:04:20 mx2 dovecot: pop3(sato@example.jp)<1235><abd>: Disconnected: Logged out top=0/0, retr=12/3456789, del=0/12, size=3456700
May 16 09:05:00 ipsec01 charon: 05[IKE] <ra|7> assigning virtual IP 192.0.2.230 to peer 'tanaka'
"""
FORTIGATE = """\
<189>date=2024-05-16 time=09:05:03 devname="FGT60F" devid="FGT60FTK00000001" eventtime=1715817903123456789 tz="+0900" logid="0101039947" type="event" subtype="vpn" level="information" vd="root" logdesc="SSL VPN tunnel up" action="tunnel-up" tunneltype="ssl-tunnel" tunnelid=1234 remip=198.51.100.23 tunnelip=192.0.2.200 user="tanaka" group="SSL VPN users" dst_host="N/A" reason="tunnel established" msg="SSL tunnel established"
May 16 09:05:04 fw01 date=2024-05-16 time=09:05:04 devname=FGT60F devid=FGT1 logid=0101039426 type=event subtype=vpn level=alert vd=root logdesc="SSL VPN login fail" action="ssl-login-fail" tunneltype="ssl-web" tunnelid=0 remip=198.51.100.24 user="admin" group="N/A" dst_host="N/A" reason="sslvpn_login_unknown_user" msg="SSL user failed to logged in"
date=2024-05-16 time=10:05:03 devname="FGT60F" devid="FGT1" eventtime=1715821503 logid="0101039948" type="event" subtype="vpn" level="information" action="tunnel-down" tunneltype="ssl-tunnel" remip=198.51.100.23 tunnelip=192.0.2.200 user="山田" duration=3600 sentbyte=1048576 rcvdbyte=2048 msg="SSL tunnel shutdown"
date=2024-05-16 time=10:05:04 devname="FGT60F" devid="FGT1" tz="+0900" logid="0000000013" type="traffic" subtype="forward" level="notice" srcip=192.0.2.50 srcport=50000 dstip=203.0.113.9 dstport=443 action="close" sentbyte=100 rcvdbyte=200 service="HTTPS" user="suzuki"
date=2024-05-16 time=10:05:05 devname="FGT60F" devid="FGT1" logid="0000000013" type="traffic" subtype="forward" level="notice" srcip=192.0.2.51 srcport=50001 dstip=203.0.113.9 dstport=25 action="deny" sentbyte=0 rcvdbyte=0
date=2024-05-16 time=10:05:06 devname="FGT60F" devid="FGT1" logid="0100032001" type="event" subtype="system" level="information" logdesc="Admin login successful" user="admin" ui="https(192.0.2.9)" method="https" srcip=192.0.2.9 dstip=192.0.2.1 action="login" status="success" msg="Administrator admin logged in successfully"
torn line without pairs
date=2024-05-16 time=10:05:07 devname="FGT60F" devid="FGT1" logid="0101037138" type="event" subtype="vpn" action="negot
"""
KEYVALUE = """\
<134>id=firewall sn=0017C5000000 time="2024-05-16 09:05:03 UTC" fw=203.0.113.1 pri=6 c=16 m=1080 msg="SSL VPN zone remote user login allowed" n=5 usr="tanaka" src=198.51.100.7:1234:X1 dst=203.0.113.1:443:X1 proto=tcp/https
<134>id=firewall sn=0017C5000000 time="2024-05-16 09:05:04" fw=203.0.113.1 pri=1 c=32 m=1081 msg="User login denied due to bad credentials" n=5 usr="root" src=198.51.100.8::X1 dst=203.0.113.1:443:X1 proto=tcp/https
May 16 09:05:05 utm device="SFW" date=2024-05-16 time=09:05:05 timezone="JST" device_name="XG" log_type="Event" log_component="SSL VPN" log_subtype="System" status="Established" user_name="tanaka" src_ip=198.51.100.9 message="SSL VPN User 'tanaka' connected"
date=2024-05-16 time=09:06:05 log_id=1 type=Firewall action=Drop srcip=192.0.2.5 dstip=192.0.2.6 note=two words here proto=6
May 16 09:07:00 gw vpn: event=disconnect, user=tanaka, client_ip=2001:DB8::0:9, assigned_ip=192.0.2.210, sent=100, received=5, tunnel down
a sentence with one equals=sign
time=1715817903 user=鈴木 action=allow src=192.0.2.7 dst=192.0.2.8 url=https://www.example.jp/a?b=c
May 16 18:05:03 fw1 device="SFW" date=2024-05-16 time=18:05:03 timezone="JST" device_name="XG135" log_id=062910617704 log_type="Event" log_component="SSL VPN" log_subtype="System" mode="Remote Access" user_name="sato" ipaddress="192.0.2.233" bytes_received=123456 bytes_sent=7890123 status="Terminated" message="SSL VPN User 'sato' disconnected" duration=32400
"""
IIS = """\
#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2024-05-16 00:00:21
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken
2024-05-16 00:00:21 192.0.2.1 GET /名簿.xlsx - 443 EXAMPLE\\sato 192.0.2.10 Mozilla/5.0+(Windows+NT+10.0) https://www.example.jp/ 200 0 0 65
2024-05-16 00:00:22 192.0.2.1 POST /owa/auth.owa user=a&b=c 443  - 198.51.100.9 curl/8.0 - 401 1 1326 12
2024-05-16 00:00:23 192.0.2.1 GET /short - 443
#Software: Microsoft Internet Information Services 10.0
#Date: 2024-05-17 00:00:00
#Fields: time c-ip cs-method cs-uri-stem sc-status sc-bytes cs-host
00:00:01 ::ffff:192.0.2.11 GET /a.zip 200 1048576 www.example.jp
"""
EXCHANGE = '''\
#Software: Microsoft Exchange Server
#Version: 15.02.1118.026
#Log-type: Message Tracking Log
#Date: 2024-05-16T04:00:00.000Z
#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality
2024-05-16T04:05:01.123Z,192.0.2.77,PC7,192.0.2.2,EX01,08DC;2024,"EX01\\Default EX01",SMTP,RECEIVE,1001,<1@example.jp>,aaaa,a@example.com;b@example.net,,845123,2,,,"交換留学生の件, ""至急""",kyomu@example.jp,kyomu@example.jp,0I:,Originating
2024-05-16T04:05:02.456Z,,EX01,203.0.113.5,mx.example.com,,Internet,SMTP,SENDEXTERNAL,1001,<1@example.jp>,aaaa,a@example.com,250 2.1.5 Recipient OK,845999,1,,,交換留学生の件,kyomu@example.jp,kyomu@example.jp,2024-05-16T04:05:01.123Z;LSRV=EX01,Originating
2024-05-16T04:05:03.000Z,,,,EX01,,,STOREDRIVER,DELIVER,1002,<2@example.jp>,bbbb,sato@example.jp,,2048,1,,,hello,suzuki@example.jp,suzuki@example.jp,,Incoming
2024-05-16T04:05:04.000Z,,,,EX01,,,ROUTING,FAIL,1001,<1@example.jp>,aaaa,b@example.net,[{LED=550 5.1.1}],845123,1,,,x,kyomu@example.jp,kyomu@example.jp,,Originating
2024-05-16T04:05:05.000Z,,,,EX01,,,SMTP,DEFER,1003,<3@example.jp>,cccc
2024-05-16T04:05:06.000Z,,,,EX01,,,SMTP,HAREDIRECT,1003,<3@example.jp>,cccc,d@example.org,,1,1,,,y,kyomu@example.jp,kyomu@example.jp,,Originating
'''


def network() -> None:
    may = datetime(2024, 5, 20, tzinfo=UTC)
    write("linux.syslog", "vpn_appliances", "vpn.log", VPN, may)
    write("linux.syslog", "servers", "messages", SERVERS, may)
    write("network.fortigate", "vpn_and_traffic", "fgt.log", FORTIGATE)
    write("network.keyvalue", "several_makers", "utm.log", KEYVALUE, may)


def w3c() -> None:
    write("web.iis", "fields_change", "u_ex240516.log", IIS)
    write("web.iis", "no_header", "u_ex240517.log", IIS.split("\n", 5)[5] + IIS)
    write("mail.exchange_tracking", "ordinary", "MSGTRK2024051604-1.LOG", EXCHANGE.replace("\n", "\r\n"))


def login_record(kind: int, user: str, line: str, host: str, second: int) -> bytes:
    """Return one `struct utmp`."""
    address = bytes(int(part) for part in host.split(".")) if host.count(".") == 3 else b""
    return struct.pack(
        "<h2xi32s4s32s256shhiii16s20x",
        kind,
        4000 + kind,
        line.encode(),
        line[-4:].encode(),
        user.encode(),
        host.encode(),
        0,
        0,
        0,
        second,
        5,
        address,
    )


def linux_utmp() -> None:
    start = 1_715_817_903
    rows = [
        login_record(2, "reboot", "~", "5.10.0-28-amd64", start),
        login_record(7, "sato", "pts/0", "192.0.2.10", start + 60),
        login_record(8, "", "pts/0", "", start + 3600),
        login_record(6, "LOGIN", "tty1", "", start + 10),
        login_record(1, "shutdown", "~", "5.10.0-28-amd64", start + 7200),
        bytes(384),
        login_record(7, "suzuki", "pts/1", "203.0.113.7", start + 8000),
    ]
    write("linux.utmp", "wtmp", "wtmp", b"".join(rows))
    torn = rows[0] + rows[1] + b"\x07\x63" * 61 + rows[6] + rows[1] + rows[2][:100]
    write("linux.utmp", "damaged", "wtmp.1", torn)
    failed = [login_record(6, name, "ssh:notty", "198.51.100.9", start + i) for i, name in enumerate(["root", "admin", "佐藤"])]
    write("linux.utmp", "btmp", "btmp", b"".join(failed))


if __name__ == "__main__":
    web_access()
    linux_syslog()
    network()
    w3c()
    linux_utmp()

"""Write the sample folders of the line-log readers: `python -m tests.readers.make_log_samples`, the same bytes each time.

Hosts, people and addresses are invented (RFC 2606, RFC 5737, RFC 3849).
"""

from __future__ import annotations

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


if __name__ == "__main__":
    web_access()
    linux_syslog()

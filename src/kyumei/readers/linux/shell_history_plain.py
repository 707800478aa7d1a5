"""Shell histories without times, as bash and zsh write them by default: a line is a command.

Found as ~/.bash_history, ~/.zsh_history, ~/.sh_history, of each user and of root. Nothing marks such a file, so that it is
recognised only where most lines begin with the name of a common command. Histories with times are read by
`linux.shell_history` (bash, fish) and `linux.shell_history_timed` (zsh).

Format: https://www.gnu.org/software/bash/manual/bash.html#Bash-History-Facilities
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kyumei.readers.lines import Unread, batches, share
from kyumei.readers.match import filled
from kyumei.readers.registry import reader

if TYPE_CHECKING:
    from kyumei.model.source import Source
    from kyumei.store.rows import Rows

_COMMON: Final = (
    "alias|apt|apt-get|aptitude|awk|aws|az|base64|bash|brew|bzip2|cat|cd|chgrp|chmod|chown|clear|cp|crontab|curl|cut|date|dd|df|"
    "diff|dig|dnf|docker|docker-compose|du|echo|env|exit|export|find|ftp|gcloud|git|gpg|grep|gsutil|gunzip|gzip|head|helm|history|"
    "hostname|htop|id|ifconfig|ip|iptables|journalctl|kill|kubectl|last|less|ll|ln|ls|lsblk|lsof|make|man|mkdir|more|mount|mv|"
    "mysql|mysqldump|nano|nc|netstat|nmap|node|npm|nslookup|openssl|passwd|perl|pg_dump|php|ping|pip|pip3|pkill|ps|psql|pwd|"
    "python|python3|rclone|reboot|rm|rmdir|rpm|rsync|scp|screen|sed|service|sftp|sh|sort|source|split|sqlite3|ss|ssh|"
    "ssh-keygen|su|sudo|systemctl|tail|tar|tee|telnet|terraform|tmux|top|touch|tree|umount|uname|unzip|useradd|usermod|vi|vim|"
    "w|wc|wget|which|who|whoami|xargs|yum|zip|zcat|7z"
)
_PLAIN: Final = re.compile(rf"(?:[A-Za-z_]\w*=\S* )*(?:{_COMMON}|\.{{1,2}}/\S+)(?:[ \t;|&]|\r?$)")


def accepts(source: Source) -> int:
    """Return how sure it is by the share of lines that begin with a common command; never more than likely."""
    part = share(source, _PLAIN)
    return int(30 + 30 * part) if part >= 0.7 else 0


@reader(
    "linux.shell_history_plain",
    accepts=accepts,
    title="Shell history without times",
    spec="https://www.gnu.org/software/bash/manual/bash.html#Bash-History-Facilities",
)
def read(source: Source, rows: Rows) -> None:
    """Add one event without a time for each line, in the order in which they were typed; `rec` is its byte offset."""
    import pyarrow as pa
    import pyarrow.compute as pc

    unread = Unread(rows, "no command")
    for lines in batches(source, rows):
        unwritten = pc.starts_with(lines.text, "\0")
        unread.add(lines.where(unwritten))
        good = lines.where(pc.invert(unwritten))
        if len(good):
            n = len(good)
            columns = {
                "rec": good.rec,
                "ts": pa.nulls(n, pa.int64()),
                "action": pa.repeat("command.run", n),
                "object": filled(good.text),
                "message": good.text,
            }
            rows.add_columns(columns, {})
    unread.close()

"""Logins of whatever log as one narrow table.

`prepare` makes the temporary table `logins`, one row per failed or successful login and per session begun: `us` (µs UTC,
never null), place (`evidence_id`, `file_id`, `rec`, and `mark`), `kind` (failed, succeeded, session), `way`, `account`, `who`
(folded), `machine`, `host`, `node` (its first label), `src_ip`, `assigned` (inside address given to a VPN session) and
`origin` (where from: the address, else the workstation's name, else null).

| way | is |
|---|---|
| `vpn` | session of a VPN device |
| `rdp` | Windows logon type 10, or a Terminal Services session |
| `ssh` | SSH daemon |
| `web`, `mail` | login to a web application or cloud service, to a mailbox |
| `console` | at the machine: Windows types 2, 7, 11; a local terminal |
| `network` | Windows types 3, 8: shares, services |
| `service` | Windows types 4, 5, 9; cron, sudo and the like: no person coming in |
| `domain` | a domain controller proving an account (4768, 4771, 4776); tickets for services (4769) are no logins |
| `other` | the log does not say |

sshd writes up to four lines about one try (`Invalid user`, `Failed password`, PAM's, `Connection closed by`). All are
evidence, one is a login: of the lines of one process within `TRY_US`, those that count tries best (`_TELLING`) are taken.

Windows logon types: Microsoft, "4624(S): An account was successfully logged on", table "Logon types and descriptions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kyumei.detect import names
from kyumei.detect.build import MARK
from kyumei.store.connect import name, text

if TYPE_CHECKING:
    from kyumei.store.query import Store

ACTIONS: Final = ("login.failed", "login.succeeded", "session.started")
REMOTE: Final = ("mail", "rdp", "ssh", "vpn", "web")
"""Ways in which a person comes in from elsewhere."""
AT_HAND: Final = ("console", "rdp", "ssh", "vpn", "web")
"""Ways that show a person at work."""
_ASSIGNED: Final = ("tunnelip", "tunnel_ip", "assigned_ip", "assignedip", "private_ip", "privateip", "client_ip_assigned")
TRY_US: Final = 600_000_000
_TELLING: Final = (
    r"^(?:error: )?(?:message repeated \d+ times: \[ )?Failed \S+ for ",
    r"^pam_\w+\(sshd:auth\): ",
    r"^(?:error: )?PAM: ",
    r"^(?:Invalid|Illegal) user ",
    r"",
)
"""What sshd's lines about a failed try begin with, best counted first; https://github.com/openssh/openssh-portable (auth.c)."""
_WORDS: Final = """
    create temp type login_word as enum (
        select word from (select word from login_words union select '') where word is not null group by word order by word)
"""
_TABLE: Final = """
    create temp table login_rows (
        us bigint, evidence_id login_word, file_id login_word, rec bigint,
        kind enum ('failed', 'session', 'succeeded'),
        way enum ('console', 'domain', 'mail', 'network', 'other', 'rdp', 'service', 'ssh', 'vpn', 'web'),
        account login_word, who login_word, machine boolean, host login_word, node login_word, src_ip login_word,
        assigned login_word, origin login_word
    )
"""
_VIEW: Final = """
    create temp view logins as
    select *, make_timestamptz(us) as ts, struct_pack(us := us, e := evidence_id, f := file_id, r := rec) as mark
    from login_rows
"""
_GIVEN: Final = """
    create temp table vpn_given (
        us bigint, evidence_id varchar, file_id varchar, rec bigint, account varchar, who varchar, host varchar, src_ip varchar,
        assigned varchar, mark struct(us bigint, e varchar, f varchar, r bigint)
    )
"""
_SESSIONS: Final = """
    create temp table vpn_sessions as
    with came as (
        select who, us, src_ip from logins where way = 'vpn' and kind <> 'failed' and src_ip is not null
    ), given as (
        select g.* exclude (src_ip), coalesce(g.src_ip, c.src_ip) as src_ip
        from vpn_given g asof left join came c on c.who = g.who and g.us + 60000000 >= c.us
    ), ends as (
        select folded(account) as who, epoch_us(ts) as us, src_ip, native_address(dst) as assigned from events
        where action = 'session.ended' and ts is not null
    ), begun as (
        select *, lead(us) over (partition by assigned order by us, file_id, rec) as given_on from given
        where src_ip is not null
        qualify lag(us) over (partition by assigned, who order by us, file_id, rec) is null
            or us - lag(us) over (partition by assigned, who order by us, file_id, rec) > 1000000
    ), closed as (
        select b.file_id, b.rec, min(e.us) as us from begun b join ends e on e.who = b.who
            and e.us > b.us and e.us <= b.us + 86400000000 and (e.src_ip = b.src_ip or e.assigned = b.assigned)
        group by b.file_id, b.rec
    )
    select b.*, least(b.us + 86400000000, b.given_on, c.us) as ended
    from begun b left join closed c on c.file_id = b.file_id and c.rec = b.rec
"""
_NO_PERSON: Final = ("atd", "cron", "crond", "polkit-1", "runuser", "runuser-l", "su", "su-l", "sudo", "sudo-i")
"""PAM services that open sessions for people already there, or for nobody."""
_VPN: Final = (
    r"vpn|anyconnect|forti|pulse|ivanti|globalprotect|l2tp|pptp|ipsec|ikev2|charon|strongswan|wireguard|juniper|sonicwall|netscaler|%(asa|ftd|pix)-"
    r"|citrix|rasclient|remoteaccess|^network\."
)


def prepare(store: Store) -> bool:
    """Make the table once a session; return whether there is any login."""
    names.prepare(store)
    if not names.has(store, "logins"):
        _fill(store, [_select(store, reader) for reader in names.readers_of(store, ACTIONS)])
    return bool(store.rows("select 1 from logins limit 1"))


def _fill(store: Store, selects: list[str]) -> None:
    """Make the table: every text is a word of one ENUM, so that 100 million logins take some 60 bytes each."""
    store.rows("create temp table login_words (word varchar)")
    texts = "evidence_id, file_id, account, who, host, node, src_ip, assigned, origin"
    for select in selects:
        store.rows(f"insert into login_words select distinct unnest([{texts}]) from ({select})")
    store.rows(_WORDS)
    store.rows("drop table login_words")
    store.rows(_TABLE)
    for select in selects:
        store.rows(f"insert into login_rows {select}")
    store.rows(_VIEW)


def prepare_sessions(store: Store) -> None:
    """Make the table `vpn_sessions` once: one row for each inside address given to an account.

    Columns `us`, place, `account`, `who`, `host`, `src_ip` (where the event has none, that of the account's last VPN login
    before), `assigned`, `ended`. Appliances name the address when the session begins or in a line of its own. A session
    ends where the log says so, where its inside address is given to somebody else, or a day after it began.
    """
    if prepare(store) and not names.has(store, "vpn_sessions"):
        store.rows(_GIVEN)
        for reader in store.readers():
            if not names.native(store, reader, *_ASSIGNED).startswith("null") or reader in names.readers_of(store, ACTIONS):
                store.rows(f"insert into vpn_given {_given(store, reader)}")
        store.rows(_SESSIONS)


def _given(store: Store, reader: str) -> str:
    told = f"native_address({names.native(store, reader, *_ASSIGNED)})"
    return f"""
        select epoch_us(ts), evidence_id, file_id, rec, account, folded(account), host, src_ip, address, {MARK}
        from (select *, coalesce({told}, case when action = 'session.started' then native_address(dst) end) as address
              from {name(reader)})
        where ts is not null and account is not null and address is not null and is_inside(address)
            and action not in ('session.ended', 'login.failed', 'network.allowed', 'network.denied')
    """


def _select(store: Store, reader: str) -> str:
    kind = names.native(store, reader, "LogonType", "logon_type")
    station = names.native(store, reader, "WorkstationName", "Workstation", "ClientName")
    assigned = names.native(store, reader, *_ASSIGNED)
    listed = ", ".join(text(a) for a in ACTIONS)
    return f"""
        select epoch_us(ts) as us, evidence_id, file_id, rec,
            case action when 'login.failed' then 'failed' when 'login.succeeded' then 'succeeded' else 'session' end as kind,
            {_way(store, reader, kind)} as way, account, folded(account) as who,
            is_machine(account) or account is null as machine, host, node_of(host) as node, src_ip,
            coalesce(native_address({assigned}), native_address(dst)) as assigned,
            coalesce(nullif(src_ip, ''), nullif(lower({station}), '-')) as origin
        from {_once(store, reader)}
        where action in ({listed}) and ts is not null and coalesce(origin, 'live') <> 'carved' and coalesce(event_id, 0) <> 4769
    """


def _once(store: Store, reader: str) -> str:
    """Return the reader's logins with one row for each try of sshd."""
    pid = names.native(store, reader, "pid")
    if pid.startswith("null") or not reader.startswith(("linux.", "text.")):
        return name(reader)
    tests = " ".join(f"when regexp_matches(message, {text(t)}) then {n}" for n, t in enumerate(_TELLING))
    rank = (
        f"case when action <> 'login.failed' or not regexp_matches(coalesce(provider, ''), '^(.*/)?sshd') then null {tests} end"
    )
    listed = ", ".join(text(a) for a in ACTIONS)
    return f"""(
        select * exclude (__rank)
        from (select *, {rank} as __rank from {name(reader)} where action in ({listed}) and ts is not null)
        qualify __rank is null or __rank = min(__rank) over (
            partition by file_id, host, {pid} order by epoch_us(ts) range between {TRY_US} preceding and {TRY_US} following)
    )"""


def _way(store: Store, reader: str, kind: str) -> str:
    label = "lower(concat_ws(' ', source, provider, channel))"
    words = "regexp_extract(" + kind + r", '\d+')"
    tunnel = names.native(store, reader, *_ASSIGNED, "realm", "tunnel_group")
    subtype = f"coalesce(lower({names.native(store, reader, 'subtype')}), 'vpn')"
    service = f"coalesce(lower({names.native(store, reader, 'service')}), '')" if reader.startswith("linux.") else "''"
    return f"""
        case
            when {words} = '10' then 'rdp'
            when {words} in ('3', '8') then 'network'
            when {words} in ('2', '7', '11') then 'console'
            when {words} in ('4', '5', '9', '0') then 'service'
            when event_id in (4768, 4771, 4776) then 'domain'
            when regexp_matches({label}, 'terminalservices|remotedesktop|termsrv') then 'rdp'
            when {service} in {_NO_PERSON} or regexp_matches({label}, '\\bcron|\\batd\\b') then 'service'
            when {service} like '%systemd%' or {label} like '%systemd%' or {label} like '%logind%' then 'other'
            when source like 'network.%' and {subtype} <> 'vpn' then 'other'
            when {tunnel} is not null then 'vpn'
            when regexp_matches({label}, {text(_VPN)}) then 'vpn'
            when source like 'mail.%' or regexp_matches({label}, 'dovecot|imap|pop3|postfix|saslauth|courier') then 'mail'
            when source like 'web.%' or source like 'cloud.%' then 'web'
            when regexp_matches({label}, 'ssh') then 'ssh'
            when source like 'linux.%' and src_ip is not null then 'ssh'
            when source like 'linux.%' then 'console'
            else 'other'
        end
    """

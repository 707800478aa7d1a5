r"""Which machine and whose session an inside address was, and from when to when: the temporary table `holders`.

| `basis` | says | interval |
|---|---|---|
| `dhcp` | machine (and its hardware address) | from the lease to its end, its release, or the lease of somebody else |
| `vpn` | account, outside address | the session (`kyumei.detect.logins.prepare_sessions`) |
| `logon` | machine: WorkstationName of a 4624 with the address | from the first to the last of such records |
| `kerberos` | machine: a computer account's ticket (4768, 4769) from the address | as `logon` |

Observations of the same machine follow each other as long as none of another machine comes between and they are no further
apart than `APART_US`; before the first and after the last nothing is said. Columns: `address`, `node`, `account`, `mac`,
`outside`, `began`, `ended` (µs UTC), `basis`, `seen`, `mark`.

Formats: ISC dhcpd.leases(5) and its syslog lines, dnsmasq(8), Kea; Microsoft, audit events 4624, 4768, 4769.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.detect import logins, names
from kyumei.detect.build import MARK
from kyumei.store.connect import name, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kyumei.store.query import Store

APART_US: Final = 12 * 3_600_000_000
LEASE_US: Final = 24 * 3_600_000_000
"""How long a lease is believed where the log does not say its length and nothing follows."""
_TABLE: Final = """
    create temp table holder_seen (
        us bigint, address varchar, node varchar, mac varchar, gone boolean, lease bigint, basis varchar,
        mark struct(us bigint, e varchar, f varchar, r bigint)
    )
"""
_ACK: Final = (
    r"DHCP(ACK|RELEASE|EXPIRE|DECLINE)(?:\([^)]*\))?(?: on| of| to)? (\d+\.\d+\.\d+\.\d+) (?:to |from |\()?"
    r"([0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5})?\)?(?: \(?([A-Za-z0-9][\w.-]*)\)?)?"
)
_MESSAGES: Final = f"""
    insert into holder_seen
    with lines as (
        select *, regexp_extract(message, {text(_ACK)}, ['verb', 'address', 'mac', 'node']) as said
        from events where contains(message, 'DHCP') and ts is not null
    )
    select epoch_us(ts), said.address, nullif(nullif(lower(said.node), 'via'), ''), nullif(lower(said.mac), ''),
        said.verb <> 'ACK', null, 'dhcp', {MARK}
    from lines where said.address <> ''
"""
_LOGONS: Final = """
    insert into holder_seen
    select epoch_us(ts), src_ip, {node}, null, false, null, {basis}, {mark} from {view}
    where event_id in {ids} and ts is not null and src_ip is not null and is_inside(src_ip) and src_ip not like '127.%'
        and src_ip <> '::1' and {node} is not null
"""
_HOLDERS: Final = f"""
    create temp table holders as
    with known as (
        select *, coalesce(mac, '') || ' ' || coalesce(node, '') as who from holder_seen where is_inside(address)
    ), stepped as (
        select *, lag(who) over mine as before, lag(us) over mine as since from known
        window mine as (partition by address, basis order by us, who)
    ), begun as (
        select *, sum(case when who = before and us - since <= case basis when 'dhcp' then {LEASE_US} else {APART_US} end
            then 0 else 1 end) over (partition by address, basis order by us, who rows unbounded preceding) as run
        from stepped
    ), runs as (
        select address, basis, run, any_value(node) as node, any_value(mac) as mac, min(us) as began, max(us) as last,
            bool_or(gone) as gone, max(us + coalesce(lease, {LEASE_US})) as until, count(*) as seen, min(mark) as mark
        from begun group by address, basis, run
    ), closed as (
        select *, lead(began) over (partition by address, basis order by began, run) as given_on from runs
    )
    select address, node, null::varchar as account, mac, null::varchar as outside, began,
        case when basis <> 'dhcp' then last when gone then last else least(until, coalesce(given_on, until)) end as ended,
        basis, seen, mark
    from closed
"""
_SESSIONS: Final = """
    insert into holders
    select assigned, null, account, null, src_ip, us, ended, 'vpn', 1, mark from vpn_sessions
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """What an address was in an interval; see the module. Instants are µs since 1970 UTC, both included."""

    address: str
    node: str
    account: str
    mac: str
    outside: str
    began: int
    ended: int
    basis: str
    seen: int
    evidence: str
    file: str
    rec: int


def prepare(store: Store) -> None:
    """Make the table once a session."""
    names.prepare(store)
    if names.has(store, "holders"):
        return
    store.rows(_TABLE)
    store.rows(_MESSAGES)
    for reader in store.readers():
        _from_reader(store, reader)
    store.rows(_HOLDERS)
    store.rows("drop table holder_seen")
    logins.prepare_sessions(store)
    if names.has(store, "vpn_sessions"):
        store.rows(_SESSIONS)


def holders(store: Store) -> list[Holder]:
    """Return every holder, by address and time."""
    prepare(store)
    sql = (
        "select address, coalesce(node, ''), coalesce(account, ''), coalesce(mac, ''), coalesce(outside, ''), began, ended,"
        " basis, seen, mark.e, mark.f, mark.r from holders order by address, began, basis, ended, 2, 3"
    )
    return [Holder(*row) for row in store.rows(sql)]


class At:
    """Answers who an address was at an instant."""

    def __init__(self, every: Sequence[Holder]) -> None:
        self._by: dict[str, list[Holder]] = {}
        for each in every:
            self._by.setdefault(each.address, []).append(each)

    def of(self, address: str) -> list[Holder]:
        """Return every holder of an address, by time."""
        return list(self._by.get(address, ()))

    def __call__(self, address: str, us: int) -> list[Holder]:
        """Return the holders whose interval has the instant in it: several where sources differ."""
        return [h for h in self._by.get(address, ()) if h.began <= us <= h.ended]


def told(holder: Holder) -> str:
    """Return one line for people: `pc-0142 (dhcp)`, `sato via 198.51.100.7 (vpn)`."""
    who = holder.node or holder.account or holder.mac
    return f"{who}{' via ' + holder.outside if holder.outside else ''} ({holder.basis})"


def _from_reader(store: Store, reader: str) -> None:
    if reader.startswith("windows."):
        station = names.native(store, reader, "WorkstationName", "Workstation")
        node = f"nullif(nullif(node_of({station}), ''), '-')"
        store.rows(_LOGONS.format(node=node, basis="'logon'", mark=MARK, view=name(reader), ids="(4624)"))
        user = names.native(store, reader, "TargetUserName")
        machine = f"nullif(regexp_extract(lower({user}), '^([^$@]+)[$]', 1), '')"
        store.rows(_LOGONS.format(node=machine, basis="'kerberos'", mark=MARK, view=name(reader), ids="(4768, 4769)"))
    elif "dhcp" in reader or reader.endswith("_leases"):
        store.rows(_leases(store, reader))


def _leases(store: Store, reader: str) -> str:
    """Return what a reader of a DHCP server's logs or leases says: `src_ip`, `host` and `device` are address, name and card.

    Lease files of Kea and dnsmasq state when a lease ends; where its length is not stated either, only that instant is known.
    """
    length = f"try_cast({names.native(store, reader, 'valid_lifetime', 'lease_seconds')} as bigint) * 1000000"
    ends = f"epoch_us(try_strptime({names.native(store, reader, 'ends')}, '%Y/%m/%d %H:%M:%S')) - epoch_us(ts)"
    at_end = "coalesce(ts_kind, '') like 'lease of%ends'"
    return f"""
        insert into holder_seen
        select epoch_us(ts) - case when {at_end} then coalesce({length}, 0) else 0 end, src_ip, node_of(nullif(host, '')),
            lower(device), coalesce(event_id in (12, 16, 17, 18), false),
            case when {at_end} then coalesce({length}, 0) else coalesce({length}, {ends}) end, 'dhcp', {MARK}
        from {name(reader)} where ts is not null and src_ip is not null and coalesce(outcome, '') <> 'failure'
            and (host is not null or device is not null)
    """

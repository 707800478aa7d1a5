"""The house: an engineering firm that keeps data for gas and water suppliers; its staff, machines and networks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from kyumei.replay.people import birth_date, japanese
from kyumei.replay.writers.fortigate import Appliance
from kyumei.replay.writers.security import Identity, Share

if TYPE_CHECKING:
    from kyumei.replay.dice import Dice
    from kyumei.replay.people import Name

_AREAS: Final = (
    ("東都", "toto"),
    ("湾岸", "wangan"),
    ("北総", "hokuso"),
    ("青海", "aomi"),
    ("武蔵台", "musashidai"),
    ("臨海", "rinkai"),
)
_TRADES: Final = (
    ("エンジニアリングソリューションズ", "es"),
    ("エネルギーシステム", "ene"),
    ("ガステクノ", "gt"),
    ("設備管理", "fm"),
)
_DEPARTMENTS: Final = ("検針システム部", "料金システム部", "設備保全部", "導管計画部", "情報システム部", "総務部", "営業部")
_CLIENT_SHARES: Final = ("Clients", "Jutaku", "受託業務", "Kokyaku", "customer_data")
_OWN_SHARES: Final = ("Soumu", "総務共有", "HR", "Kanri")


@dataclass(frozen=True, slots=True)
class Employee:
    """A member of staff. `early` is the hour at which the day begins; `homes` are addresses from which the VPN is used."""

    number: str
    name: Name
    birth: date
    department: str
    role: str
    joined: date
    identity: Identity
    mail: str
    machine: str
    address: str
    early: int
    homes: tuple[str, ...]
    telework: float


@dataclass(frozen=True, slots=True)
class House:
    """Names and addresses that depend on the seed. `staff` are all with an account, `employees` all on the staff list."""

    company: str
    netbios: str
    fqdn: str
    domain_sid: str
    controller: str
    file_server: str
    appliance: Appliance
    group: str
    pool: str
    lan: str
    staff: tuple[Employee, ...]
    employees: tuple[Employee, ...]
    backup: Identity
    batch: Identity
    clients_share: Share
    own_share: Share
    outside: tuple[str, ...]

    @property
    def server_address(self) -> str:
        """Return the file server's address."""
        return f"{self.lan}.1.20"

    @property
    def krbtgt(self) -> str:
        """Return the SID of krbtgt."""
        return f"{self.domain_sid}-502"


def house(dice: Dice, employees: int, active: int) -> House:
    """Return the house of this seed with that many employees, of whom `active` have sessions in the logs."""
    area, latin = dice.pick(_AREAS)
    trade, short = dice.pick(_TRADES)
    netbios = f"{latin}{short}".upper()[:12]
    fqdn = f"{netbios.lower()}.example"
    domain_sid = "S-1-5-21-" + "-".join(str(dice.between(10**8, 4 * 10**9)) for _ in range(3))
    lan = dice.pick(("10.20", "172.16", "10.101", "172.28"))
    outside = _outside(dice)
    people = _employees(dice.child("people"), (netbios, fqdn, domain_sid), lan, outside, employees)
    site = dice.pick(("HQ", "TK", "DC1", "EDGE"))
    number = dice.between(1, 4)
    return House(
        company=f"{area}{trade}株式会社",
        netbios=netbios,
        fqdn=fqdn,
        domain_sid=domain_sid,
        controller=f"{dice.pick(('DC', 'ADSV', 'SVDC'))}0{number}",
        file_server=f"{dice.pick(('FS', 'FILESV', 'NAS'))}0{number}",
        appliance=Appliance(f"FG-{site}-0{number}", f"FG100ETK{dice.digits(8)}", f"{lan}.0.1", dice.chance(0.5)),
        group=dice.pick(("SSLVPN-Users", "vpn_users", "RemoteAccess")),
        pool=dice.pick(("10.212.134", "10.250.8", "192.168.240")),
        lan=lan,
        staff=tuple(people[:active]),
        employees=tuple(people),
        backup=Identity(dice.pick(("svc_backup", "bkadmin", "svc-veeam")), netbios, fqdn, f"{domain_sid}-1601"),
        batch=Identity(dice.pick(("svc_batch", "jp1admin", "svc-kenshin")), netbios, fqdn, f"{domain_sid}-1602"),
        clients_share=_share(dice.pick(_CLIENT_SHARES)),
        own_share=_share(dice.pick(_OWN_SHARES)),
        outside=outside,
    )


def _share(name: str) -> Share:
    return Share(name, rf"E:\Shares\{name}")


def _outside(dice: Dice) -> tuple[str, ...]:
    """Return outside addresses in a drawn order: homes are taken from the front, the intruder's from the back."""
    nets = dice.shuffled(("192.0.2", "198.51.100", "203.0.113"))
    homes = dice.shuffled([f"{net}.{last}" for net in nets[:2] for last in range(1, 255)])
    return (*homes, *dice.shuffled([f"{nets[2]}.{last}" for last in range(1, 255)]))


def _employees(dice: Dice, realm: tuple[str, str, str], lan: str, outside: tuple[str, ...], count: int) -> list[Employee]:
    shape = dice.below(3)
    taken: set[str] = set()
    return [_employee(dice, realm, (shape, lan, serial), outside, taken) for serial in range(count)]


def _employee(
    dice: Dice, realm: tuple[str, str, str], place: tuple[int, str, int], outside: tuple[str, ...], taken: set[str]
) -> Employee:
    netbios, fqdn, domain_sid = realm
    shape, lan, serial = place
    name = japanese(dice)
    number = f"{dice.pick(('E', 'T', 'K'))}{100_000 + serial * 13}"
    account = _account(name, shape, number, taken)
    first = serial * 5 % 440
    return Employee(
        number=number,
        name=name,
        birth=birth_date(dice, date(1962, 4, 2), date(2001, 4, 1)),
        department=dice.pick(_DEPARTMENTS),
        role=dice.weighted(("社員", "主任", "課長", "契約社員", "協力会社"), (6, 3, 2, 2, 2)),
        joined=birth_date(dice, date(1988, 4, 1), date(2024, 4, 1)),
        identity=Identity(account, netbios, fqdn, f"{domain_sid}-{1105 + serial}"),
        mail=f"{account}@{fqdn}",
        machine=f"{dice.pick(('PC', 'NB'))}-{serial + 201:04d}",
        address=f"{lan}.{10 + serial // 200}.{serial % 200 + 20}",
        early=dice.weighted((7, 8, 9), (2, 5, 3)),
        homes=outside[first : first + dice.between(1, 3)],
        telework=dice.pick((0.0, 0.1, 0.2, 0.4)),
    )


def _account(name: Name, shape: int, number: str, taken: set[str]) -> str:
    family, given = name.latin_family.lower(), name.latin_given.lower()
    base = (f"{family}.{given}", f"{given[0]}{family}", number.lower())[shape]
    account, again = base[:19], 1
    while account in taken:
        again += 1
        account = f"{base[:17]}{again}"
    taken.add(account)
    return account

"""Who takes part: an invented university, its staff, and its partner universities abroad."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from kyumei.replay.people import birth_date, countries, from_abroad, japanese, table
from kyumei.replay.writers.eml import STYLES, Mailbox

if TYPE_CHECKING:
    from kyumei.replay.dice import Dice
    from kyumei.replay.people import Name
    from kyumei.replay.writers.eml import Style

_FIRST: Final = (
    ("明", "mei"),
    ("東", "to"),
    ("清", "sei"),
    ("青", "sei"),
    ("白", "haku"),
    ("光", "ko"),
    ("照", "sho"),
    ("慶", "kei"),
)
_SECOND: Final = (("嶺", "rei"), ("渓", "kei"), ("湖", "ko"), ("雲", "un"), ("汀", "tei"), ("暁", "gyo"), ("泉", "sen"))
_CENTERS: Final = (
    ("グローバル教育センター", "Center for Global Education"),
    ("国際教育センター", "International Education Center"),
    ("国際交流課", "International Affairs Section"),
    ("国際連携室", "Office of International Partnerships"),
)
_OTHERS: Final = (
    "教務課",
    "学生課",
    "入試課",
    "経理課",
    "人事課",
    "図書館",
    "情報システム室",
    "キャリアセンター",
    "総務課",
    "広報課",
)


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of the university: account, mail box, machine, and habits. `early` to `late` is the usual day in hours."""

    account: str
    name: Name
    role: str
    department: str
    joined: date
    box: Mailbox
    machine: str
    address: str
    style: Style
    early: int
    late: int


@dataclass(frozen=True, slots=True)
class Partner:
    """A university or firm outside, the one person there whom the office writes to, and its mail server."""

    title: str
    country: str
    hours_from_utc: int
    office: str
    contact: Mailbox
    server: str
    address: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone, and the names that depend on the seed."""

    university: str
    university_en: str
    domain: str
    center: str
    center_en: str
    staff: tuple[Staff, ...]
    partners: tuple[Partner, ...]
    firms: tuple[Partner, ...]
    mail_host: str
    mail_address: str

    @property
    def office(self) -> list[Staff]:
        """Return the staff of the centre: first the sender, then who finds the mistake, then the chief."""
        return [person for person in self.staff if person.department == self.center]

    @property
    def recipients(self) -> tuple[Partner, ...]:
        """Return the three partner universities that are sent too much."""
        return self.partners[:3]

    @property
    def shared_box(self) -> Mailbox:
        """Return the centre's common address."""
        return Mailbox(self.center, f"global@{self.domain}")


def cast(dice: Dice) -> Cast:
    """Return the cast of this seed."""
    (first, first_latin), (second, second_latin) = dice.pick(_FIRST), dice.pick(_SECOND)
    latin = first_latin + second_latin
    domain = f"{latin}{dice.pick(('-u', '', 'univ'))}.ac.example"
    center, center_en = dice.pick(_CENTERS)
    outside = Outside(dice.child("outside"))
    return Cast(
        university=f"{first}{second}大学",
        university_en=f"{latin.title()} University",
        domain=domain,
        center=center,
        center_en=center_en,
        staff=_staff(dice.child("staff"), center, domain),
        partners=outside.universities(9),
        firms=outside.firms(14),
        mail_host=dice.pick(("mx1", "mail", "mta01", "smtp-gw", "postman")),
        mail_address=f"192.0.2.{dice.between(5, 250)}",
    )


def _staff(dice: Dice, center: str, domain: str) -> tuple[Staff, ...]:
    shape = dice.below(3)
    net = dice.pick(("10.12", "172.20", "192.168", "10.201"))
    taken: set[str] = set()
    people = []
    departments = [center] * dice.between(7, 10) + [dice.pick(_OTHERS) for _ in range(dice.between(24, 34))]
    for number, department in enumerate(departments):
        role = "課長" if number == 2 else "主任" if number == 1 else dice.pick(("職員", "職員", "嘱託職員", "派遣職員", "係長"))
        people.append(_member(dice, (shape, domain, net), (department, role), taken))
    return tuple(people)


def _member(dice: Dice, house: tuple[int, str, str], place: tuple[str, str], taken: set[str]) -> Staff:
    shape, domain, net = house
    name = japanese(dice)
    account = _account(dice, name, shape, taken)
    early = dice.weighted((7, 8, 9, 10), (1, 4, 5, 1))
    return Staff(
        account=account,
        name=name,
        role=place[1],
        department=place[0],
        joined=birth_date(dice, date(1995, 4, 1), date(2024, 4, 1)),
        box=Mailbox(f"{name.family} {name.given}", f"{account}@{domain}"),
        machine=f"{dice.pick(('PC', 'NB', 'WS'))}{dice.digits(4)}",
        address=f"{net}.{dice.between(1, 40)}.{dice.between(10, 250)}",
        style=dice.pick(STYLES),
        early=early,
        late=early + dice.weighted((9, 10, 13), (5, 3, 1)),
    )


def _account(dice: Dice, name: Name, shape: int, taken: set[str]) -> str:
    family, given = name.latin_family.lower(), name.latin_given.lower()
    while True:
        base = (f"{family}-{given[0]}", f"{given[0]}.{family}", f"u{dice.digits(6)}")[shape]
        account = base if base not in taken else f"{base}{dice.between(2, 9)}"
        if account not in taken:
            taken.add(account)
            return account


class Outside:
    """Hands out partner universities and firms that differ in name, domain and address of the mail server."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        nets = ("198.51.100", "203.0.113")
        self._addresses = dice.shuffled([f"{net}.{last}" for net in nets for last in range(4, 251)])
        self._towns = dice.shuffled([row[0] for row in table("towns.csv")])
        self._abroad = {country.code: country for country in countries()}

    def universities(self, number: int) -> tuple[Partner, ...]:
        """Return that many universities; the first three lie in three different countries."""
        kinds = self._dice.shuffled(table("partners.csv"))
        seen: set[str] = set()
        first = [kind for kind in kinds if not (kind[0] in seen or seen.add(kind[0]))][:3]  # type: ignore[func-returns-value]
        rest = [kind for kind in kinds if kind not in first]
        return tuple(self._university(kind) for kind in [*first, *rest][:number])

    def firms(self, number: int) -> tuple[Partner, ...]:
        """Return that many firms at home."""
        trades = (
            ("旅行", "travel"),
            ("印刷", "print"),
            ("保険サービス", "ins"),
            ("システム", "sys"),
            ("語学研修", "lang"),
            ("クリニック", "clinic"),
        )
        found: list[Partner] = []
        while len(found) < number:
            trade, slug = self._dice.pick(trades)
            name = japanese(self._dice)
            domain = f"{name.latin_family.lower()}-{slug}.co.example"
            if all(firm.contact.domain != domain for firm in found):
                found.append(self._firm(f"{name.family}{trade}株式会社", domain))
        return tuple(found)

    def _university(self, kind: list[str]) -> Partner:
        code, country, zone, pattern, domain_pattern, office = kind
        town = self._towns.pop()
        domain = domain_pattern.format(town, town.lower().replace(" ", ""))
        name = from_abroad(self._dice, self._abroad[code])
        local = self._dice.pick(
            (
                f"{name.latin_given}.{name.latin_family}",
                f"{name.latin_given[0]}{name.latin_family}",
                f"intl-{name.latin_family}",
            ),
        )
        box = Mailbox(f"{name.latin_given} {name.latin_family}", f"{local.lower()}@{domain}")
        return Partner(pattern.format(town), country, int(zone), office, box, *self._server(domain))

    def _firm(self, title: str, domain: str) -> Partner:
        name = japanese(self._dice)
        box = Mailbox(f"{name.family} {name.given}", f"{name.latin_family.lower()}@{domain}")
        return Partner(title, "Japan", 9, "営業部", box, *self._server(domain))

    def _server(self, domain: str) -> tuple[str, str]:
        return f"{self._dice.pick(('mx', 'mail', 'mx01', 'inbound', 'smtp'))}.{domain}", self._addresses.pop()

r"""The events of a Windows Security log that tell who came from where and what was opened, with Microsoft's fields.

Field names, order, versions and task numbers are those of Windows Server 2019; see
https://learn.microsoft.com/windows/security/threat-protection/auditing/ (one page for each event number).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kyumei.replay.writers.evtx import FAILURE, Channel, Record, guid, hex32, hex64, number, sid

if TYPE_CHECKING:
    from datetime import datetime

    from kyumei.replay.writers.evtx import Typed, Value

NOBODY: Final = "S-1-0-0"
_NO_GUID: Final = "00000000-0000-0000-0000-000000000000"
_FILE_READ: Final = "%%1538\n\t\t\t\t%%1541\n\t\t\t\t%%4416\n\t\t\t\t%%4419\n\t\t\t\t%%4423\n\t\t\t\t"
READ: Final = 0x120089
"""READ_CONTROL, SYNCHRONIZE, ReadData, ReadEA, ReadAttributes: what opening a file for reading asks."""
ATTRIBUTES: Final = 0x80
"""ReadAttributes alone: what looking at a folder asks; no content is read."""
LIST: Final = 0x100081
"""SYNCHRONIZE, ListDirectory, ReadAttributes: what showing a folder's entries asks; ListDirectory is ReadData's bit."""
_ACCESS_LISTS: Final = {
    READ: _FILE_READ,
    ATTRIBUTES: "%%4423\n\t\t\t\t",
    LIST: "%%1541\n\t\t\t\t%%4416\n\t\t\t\t%%4423\n\t\t\t\t",
    0x1: "%%4416\n\t\t\t\t",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """An account of the domain."""

    account: str
    domain: str
    fqdn: str
    sid: str


@dataclass(frozen=True, slots=True)
class Peer:
    """The machine at the other end: IPv4 address, port, and the name it states (NTLM only)."""

    address: str
    port: int
    workstation: str = "-"

    @property
    def mapped(self) -> str:
        """Return the address as a domain controller logs it."""
        return f"::ffff:{self.address}"


@dataclass(frozen=True, slots=True)
class Share:
    r"""A share: `\\*\Name` and the local path behind it."""

    name: str
    local: str

    @property
    def full(self) -> str:
        """Return the name as the events write it."""
        return rf"\\*\{self.name}"


def channel(computer: str) -> Channel:
    """Return the Security channel of a machine."""
    return Channel(
        "Security", "Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-A5BA-3E3B0328C30D}", computer
    )  # fmt: skip


def logon(at: datetime, who: Identity, peer: Peer, logon_id: int, *, kind: int = 3, ntlm: bool = False) -> Record:
    """Return 4624, an account logged on; `kind` 3 is over the network, 5 is a service."""
    starter = Identity("-", "-", "", NOBODY) if kind == 3 else Identity("SYSTEM", "NT AUTHORITY", "", "S-1-5-18")
    data: dict[str, Value] = {
        **_subject(starter, 0 if kind == 3 else 0x3E7),
        **_target(who),
        "TargetLogonId": hex64(logon_id),
        "LogonType": number(kind),
        "LogonProcessName": ("NtLmSsp " if ntlm else "Kerberos") if kind == 3 else "Advapi  ",
        "AuthenticationPackageName": ("NTLM" if ntlm else "Kerberos") if kind == 3 else "Negotiate",
        "WorkstationName": peer.workstation if ntlm else "-",
        "LogonGuid": guid(_NO_GUID),
        "TransmittedServices": "-",
        "LmPackageName": "NTLM V2" if ntlm else "-",
        "KeyLength": number(128 if ntlm else 0),
        "ProcessId": hex64(0 if kind == 3 else 0x2A4),
        "ProcessName": "-" if kind == 3 else r"C:\Windows\System32\services.exe",
        **_where(peer),
        "ImpersonationLevel": "%%1833",
        "RestrictedAdminMode": "-",
        "TargetOutboundUserName": "-",
        "TargetOutboundDomainName": "-",
        "VirtualAccount": "%%1843",
        "TargetLinkedLogonId": hex64(0),
        "ElevatedToken": "%%1842",
    }
    return Record(at, 4624, data, version=2, task=12544)


def logon_failed(at: datetime, account: str, domain: str, peer: Peer, *, known: bool = True) -> Record:
    """Return 4625, a logon over the network that failed: wrong password, or an account that does not exist."""
    data: dict[str, Value] = {
        **_subject(Identity("-", "-", "", NOBODY), 0),
        "TargetUserSid": sid(NOBODY),
        "TargetUserName": account,
        "TargetDomainName": domain,
        "Status": hex32(0xC000006D),
        "FailureReason": "%%2313",
        "SubStatus": hex32(0xC000006A if known else 0xC0000064),
        "LogonType": number(3),
        "LogonProcessName": "NtLmSsp ",
        "AuthenticationPackageName": "NTLM",
        "WorkstationName": peer.workstation,
        "TransmittedServices": "-",
        "LmPackageName": "-",
        "KeyLength": number(0),
        "ProcessId": hex64(0),
        "ProcessName": "-",
        **_where(peer),
    }
    return Record(at, 4625, data, task=12544, keywords=FAILURE)


def logoff(at: datetime, who: Identity, logon_id: int, *, kind: int = 3) -> Record:
    """Return 4634, an account logged off."""
    data: dict[str, Value] = {**_target(who), "TargetLogonId": hex64(logon_id), "LogonType": number(kind)}
    return Record(at, 4634, data, task=12545)


def privileges(at: datetime, who: Identity, logon_id: int) -> Record:
    """Return 4672, special privileges assigned to a new logon."""
    rights = "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeRestorePrivilege\n\t\t\tSeDebugPrivilege"
    return Record(at, 4672, {**_subject(who, logon_id), "PrivilegeList": rights}, task=12548)


def ticket_granted(at: datetime, who: Identity, peer: Peer, krbtgt: str) -> Record:
    """Return 4768, a Kerberos authentication ticket was requested."""
    data: dict[str, Value] = {
        "TargetUserName": who.account,
        "TargetDomainName": who.fqdn.upper(),
        "TargetSid": sid(who.sid),
        "ServiceName": "krbtgt",
        "ServiceSid": sid(krbtgt),
        "TicketOptions": hex32(0x40810010),
        "Status": hex32(0),
        "TicketEncryptionType": hex32(0x12),
        "PreAuthType": "2",
        "IpAddress": peer.mapped,
        "IpPort": str(peer.port),
        "CertIssuerName": "",
        "CertSerialNumber": "",
        "CertThumbprint": "",
    }
    return Record(at, 4768, data, task=14339)


def service_ticket(at: datetime, who: Identity, peer: Peer, service: tuple[str, str]) -> Record:
    """Return 4769, a Kerberos service ticket was requested; `service` is name and SID."""
    data: dict[str, Value] = {
        "TargetUserName": f"{who.account}@{who.fqdn.upper()}",
        "TargetDomainName": who.fqdn.upper(),
        "ServiceName": service[0],
        "ServiceSid": sid(service[1]),
        "TicketOptions": hex32(0x40810000),
        "TicketEncryptionType": hex32(0x12),
        "IpAddress": peer.mapped,
        "IpPort": str(peer.port),
        "Status": hex32(0),
        "LogonGuid": guid(_NO_GUID),
        "TransmittedServices": "-",
    }
    return Record(at, 4769, data, task=14337)


def password_wrong(at: datetime, who: Identity, peer: Peer) -> Record:
    """Return 4771, Kerberos pre-authentication failed (0x18: wrong password)."""
    data: dict[str, Value] = {
        "TargetUserName": who.account,
        "TargetSid": sid(who.sid),
        "ServiceName": f"krbtgt/{who.domain}",
        "TicketOptions": hex32(0x40810010),
        "Status": hex32(0x18),
        "PreAuthType": "2",
        "IpAddress": peer.mapped,
        "IpPort": str(peer.port),
        "CertIssuerName": "",
        "CertSerialNumber": "",
        "CertThumbprint": "",
    }
    return Record(at, 4771, data, task=14339, keywords=FAILURE)


def ntlm_checked(at: datetime, account: str, workstation: str, status: int = 0) -> Record:
    """Return 4776, the domain controller validated credentials (NTLM); 0xC000006A is a wrong password."""
    data: dict[str, Value] = {
        "PackageName": "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0",
        "TargetUserName": account,
        "Workstation": workstation,
        "Status": hex32(status),
    }
    return Record(at, 4776, data, task=14336, keywords=FAILURE) if status else Record(at, 4776, data, task=14336)


def share_reached(at: datetime, who: Identity, peer: Peer, logon_id: int, share: Share) -> Record:
    """Return 5140, a network share was accessed: the connection, not a file."""
    data: dict[str, Value] = {
        **_subject(who, logon_id),
        "ObjectType": "File",
        **_where(peer),
        "ShareName": share.full,
        "ShareLocalPath": rf"\??\{share.local}" if share.local else "",
        "AccessMask": hex32(0x1),
        "AccessList": _ACCESS_LISTS[0x1],
    }
    return Record(at, 5140, data, version=1, task=12808, process=4)


@dataclass(frozen=True, slots=True)
class Reach:
    """A logon session reaching into a share: what its events have in common."""

    who: Identity
    peer: Peer
    logon_id: int
    share: Share


def share_checked(at: datetime, reach: Reach, relative: str, mask: int) -> Record:
    """Return 5145, the share was checked for the access asked; `relative` is the path below the share."""
    data: dict[str, Value] = {
        **_subject(reach.who, reach.logon_id),
        "ObjectType": "File",
        **_where(reach.peer),
        "ShareName": reach.share.full,
        "ShareLocalPath": rf"\??\{reach.share.local}",
        "RelativeTargetName": relative,
        "AccessMask": hex32(mask),
        "AccessList": _ACCESS_LISTS[mask],
        "AccessReason": "-",
    }
    return Record(at, 5145, data, task=12811, process=4)


def file_read(at: datetime, reach: Reach, relative: str, handle: int) -> Record:
    """Return 4663, an attempt was made to access an object: ReadData on a file, by its local path."""
    data: dict[str, Value] = {
        **_subject(reach.who, reach.logon_id),
        "ObjectServer": "Security",
        "ObjectType": "File",
        "ObjectName": rf"{reach.share.local}\{relative}",
        "HandleId": hex64(handle),
        "AccessList": _ACCESS_LISTS[0x1],
        "AccessMask": hex32(0x1),
        "ProcessId": hex64(0x4),
        "ProcessName": "",
        "ResourceAttributes": "S:AI",
    }
    return Record(at, 4663, data, version=1, task=12800, process=4)


def _subject(who: Identity, logon_id: int) -> dict[str, Value]:
    return {
        "SubjectUserSid": sid(who.sid),
        "SubjectUserName": who.account,
        "SubjectDomainName": who.domain,
        "SubjectLogonId": hex64(logon_id),
    }


def _target(who: Identity) -> dict[str, Value]:
    return {"TargetUserSid": sid(who.sid), "TargetUserName": who.account, "TargetDomainName": who.domain}


def _where(peer: Peer) -> dict[str, str | Typed]:
    return {"IpAddress": peer.address, "IpPort": str(peer.port)}

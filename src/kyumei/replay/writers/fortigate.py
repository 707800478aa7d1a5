"""Writes FortiOS logs: `key=value` lines of SSL VPN, traffic, administration and interface events.

Message ids, field names and their order follow the FortiOS Log Message Reference
(https://docs.fortinet.com/document/fortigate/7.0.4/fortios-log-message-reference): 39424/39947 tunnel up, 39425/39948
tunnel down, 39426 login fail, 39943 new connection, 44547 attribute configured, 13 forward traffic, 20099 interface.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kyumei.replay.calendar import JST

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Appliance:
    """A device: host name, serial number, and whether a syslog server put its own header before each line."""

    name: str
    serial: str
    address: str
    relayed: bool


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One SSL VPN tunnel: who came from where and got which inner address."""

    user: str
    group: str
    remote: str
    inner: str
    number: int


Fields = dict[str, str | int]


def line(device: Appliance, at: datetime, fields: Fields) -> str:
    """Return one line; numbers and addresses stand bare, other texts in quotes, as FortiOS writes them."""
    local = at.astimezone(JST)
    nanos = int(at.timestamp()) * 1_000_000_000 + at.microsecond * 1000
    head = f'date={local:%Y-%m-%d} time={local:%H:%M:%S} devname="{device.name}" devid="{device.serial}"'
    body = " ".join(f"{key}={_written(key, value)}" for key, value in fields.items())
    text = f'{head} eventtime={nanos} tz="+0900" {body}'
    if not device.relayed:
        return text
    return f"{local:%Y-%m-%dT%H:%M:%S}+09:00 {device.address} {text}"


def login_failed(user: str, remote: str, reason: str = "sslvpn_login_permission_denied") -> Fields:
    """Return the fields of a failed login at the SSL VPN."""
    return {
        **_vpn("0101039426", "alert", "SSL VPN login fail", "ssl-login-fail"),
        "tunneltype": "ssl-web",
        "tunnelid": 0,
        "remip": remote,
        "user": user,
        "group": "N/A",
        "dst_host": "N/A",
        "reason": reason,
        "msg": "SSL user failed to logged in",
    }


def new_connection(remote: str) -> Fields:
    """Return the fields of a client that begins to talk to the SSL VPN, before anyone has logged in."""
    return {
        **_vpn("0101039943", "information", "SSL VPN new connection", "ssl-new-con"),
        "tunneltype": "ssl",
        "tunnelid": 0,
        "remip": remote,
        "user": "N/A",
        "group": "N/A",
        "dst_host": "N/A",
        "reason": "N/A",
        "msg": "SSL new connection",
    }


def web_login(tunnel: Tunnel) -> Fields:
    """Return the fields of a successful login, before the tunnel has an inner address."""
    return {
        **_vpn("0101039424", "information", "SSL VPN tunnel up", "tunnel-up"),
        "tunneltype": "ssl-web",
        "tunnelid": tunnel.number,
        "remip": tunnel.remote,
        "user": tunnel.user,
        "group": tunnel.group,
        "dst_host": "N/A",
        "reason": "login successfully",
        "msg": "SSL tunnel established",
    }


def tunnel_up(tunnel: Tunnel) -> Fields:
    """Return the fields of a tunnel that is ready."""
    return {
        **_vpn("0101039947", "information", "SSL VPN tunnel up", "tunnel-up"),
        "tunneltype": "ssl-tunnel",
        **_who(tunnel),
        "dst_host": "N/A",
        "reason": "tunnel established",
        "msg": "SSL tunnel established",
    }


def tunnel_down(tunnel: Tunnel, counted: tuple[int, int, int], reason: str = "User requested termination of service") -> Fields:
    """Return the fields of a tunnel that ended; `counted` are seconds, bytes sent into the tunnel, bytes received from it."""
    seconds, sent, received = counted
    return {
        **_vpn("0101039948", "information", "SSL VPN tunnel down", "tunnel-down"),
        "tunneltype": "ssl-tunnel",
        **_who(tunnel),
        "dst_host": "N/A",
        "reason": reason,
        "duration": seconds,
        "sentbyte": sent,
        "rcvdbyte": received,
        "msg": "SSL tunnel shutdown",
    }


def forwarded(
    tunnel: Tunnel, to: tuple[str, int], ports: tuple[int, int], sizes: tuple[int, int], *, allowed: bool = True
) -> Fields:
    """Return the fields of a session through the tunnel; `ports` are client's port and session number."""
    return {
        "logid": "0000000013",
        "type": "traffic",
        "subtype": "forward",
        "level": "notice",
        "vd": "root",
        "srcip": tunnel.inner,
        "srcport": ports[0],
        "srcintf": "ssl.root",
        "srcintfrole": "undefined",
        "dstip": to[0],
        "dstport": to[1],
        "dstintf": "internal",
        "dstintfrole": "lan",
        "sessionid": ports[1],
        "proto": 6,
        "action": "close" if allowed else "deny",
        "policyid": 12 if allowed else 0,
        "policytype": "policy",
        "service": {445: "SMB", 3389: "RDP", 443: "HTTPS", 53: "DNS"}.get(to[1], f"tcp/{to[1]}"),
        "user": tunnel.user,
        "group": tunnel.group,
        "duration": 1 + sizes[1] // 50_000 if allowed else 0,
        "sentbyte": sizes[0] if allowed else 0,
        "rcvdbyte": sizes[1] if allowed else 0,
    }


def configured(admin: str, path: str, attribute: str, source: str) -> Fields:
    """Return the fields of a change of the configuration."""
    return {
        "logid": "0100044547",
        "type": "event",
        "subtype": "system",
        "level": "information",
        "vd": "root",
        "logdesc": "Object attribute configured",
        "user": admin,
        "ui": f"GUI({source})",
        "action": "Edit",
        "cfgtid": 65_536_012,
        "cfgpath": path,
        "cfgobj": "",
        "cfgattr": attribute,
        "msg": f"Edit {path} ",
    }


def admin_login(admin: str, source: str) -> Fields:
    """Return the fields of an administrator's login."""
    return {
        "logid": "0100032001",
        "type": "event",
        "subtype": "system",
        "level": "information",
        "vd": "root",
        "logdesc": "Admin login successful",
        "sn": "0",
        "user": admin,
        "ui": f"https({source})",
        "method": "https",
        "srcip": source,
        "dstip": "N/A",
        "action": "login",
        "status": "success",
        "reason": "none",
        "profile": "super_admin",
        "msg": f"Administrator {admin} logged in successfully from https({source})",
    }


def interface_down(name: str) -> Fields:
    """Return the fields of an interface that was taken down."""
    return {
        "logid": "0100020099",
        "type": "event",
        "subtype": "system",
        "level": "information",
        "vd": "root",
        "logdesc": "Interface status changed",
        "action": "interface-stat-change",
        "status": "DOWN",
        "msg": f"Link monitor: Interface {name} was turned down",
    }


def _vpn(logid: str, level: str, description: str, action: str) -> Fields:
    return {
        "logid": logid,
        "type": "event",
        "subtype": "vpn",
        "level": level,
        "vd": "root",
        "logdesc": description,
        "action": action,
    }


def _who(tunnel: Tunnel) -> Fields:
    return {
        "tunnelid": tunnel.number,
        "remip": tunnel.remote,
        "tunnelip": tunnel.inner,
        "user": tunnel.user,
        "group": tunnel.group,
    }


def _written(key: str, value: str | int) -> str:
    bare = isinstance(value, int) or (key in {"remip", "tunnelip", "srcip", "dstip"} and value != "N/A")
    return str(value) if bare else f'"{value}"'

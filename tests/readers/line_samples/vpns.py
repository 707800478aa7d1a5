"""Logs of VPN servers that write sentences of their own."""

from __future__ import annotations

from tests.readers.make_line_samples import Log

# ruff: noqa: E501  # log lines are as long as they are

LOGS = (
    Log(
        "network.openvpn",
        "openvpn.log",
        (
            "2024-06-17 10:00:00 203.0.113.9:50122 VERIFY OK: depth=0, CN=hanako",
            "2024-06-17 10:00:01 203.0.113.9:50122 [hanako] Peer Connection Initiated with [AF_INET]203.0.113.9:50122",
            "2024-06-17 10:00:01 hanako/203.0.113.9:50122 MULTI_sva: pool returned IPv4=10.8.0.6, IPv6=(Not enabled)",
            "2024-06-17 10:00:01 hanako/203.0.113.9:50122 MULTI: primary virtual IP for hanako/203.0.113.9:50122: 10.8.0.6",
            "2024-06-17 10:30:01 203.0.113.5:4022 TLS Auth Error: Auth Username/Password verification failed for peer",
            "2024-06-17 11:00:01 hanako/203.0.113.9:50122 SIGTERM[soft,remote-exit] received, client-instance exiting",
        ),
        (
            "2024-06-17 10:02:00 203.0.113.9:50123 [山田] Peer Connection Initiated with [AF_INET]203.0.113.9:50123",
            "2024-06-17 10:03:00 山田/203.0.113.9:50123 SIGUSR1[soft,ping-restart] received, client-instance exiting",
        ),
    ),
    Log(
        "network.softether",
        "vpn_20240617.log",
        (
            '2024-06-17 10:00:00.123 [HUB "VPN"] The connection "CID-1" (IP address: 203.0.113.9, Host name: p9.example.net, Port number: 50122, Client name: "SoftEther VPN Client", Version: 4.42, Build: 9798) is attempting to connect to the Virtual Hub. The auth type provided is "Password authentication" and the user name is "hanako".',
            '2024-06-17 10:00:00.200 [HUB "VPN"] Connection "CID-1": Successfully authenticated as user "hanako".',
            '2024-06-17 10:00:00.300 [HUB "VPN"] Connection "CID-1": The new session "SID-HANAKO-1" has been created. (IP address: 203.0.113.9, Port number: 50122, Physical underlying protocol: "Standard TCP/IP (IPv4)")',
            '2024-06-17 10:30:00.300 [HUB "VPN"] Connection "CID-2": User authentication failed. The user name that has been provided was "root", from 203.0.113.5.',
            '2024-06-17 11:00:00.300 [HUB "VPN"] Session "SID-HANAKO-1": The session has been terminated. The statistical information is as follows: Total outgoing data size: 5242880 bytes, Total incoming data size: 2048 bytes.',
        ),
        (
            '2024-06-17 10:02:00.123 [HUB "VPN"] コネクション "CID-3" (IP アドレス: 203.0.113.8, ホスト名: "p8.example.net", ポート番号: 50122, クライアント名: "SoftEther VPN Client", バージョン: 4.42, ビルド: 9798) が仮想 HUB への接続を試行しています。提示している認証方法は "パスワード認証" でユーザー名は "taro" です。',
            '2024-06-17 10:02:00.200 [HUB "VPN"] コネクション "CID-3": ユーザー "taro" として正しく認証されました。',
            '2024-06-17 10:02:00.300 [HUB "VPN"] コネクション "CID-3": 新しいセッション "SID-TARO-2" が作成されました。(IP アドレス: 203.0.113.8, ポート番号: 50122, 物理レイヤのプロトコル: "Standard TCP/IP (IPv4)")',
            '2024-06-17 10:09:00.300 [HUB "VPN"] セッション "SID-TARO-2": セッションが終了しました。統計情報は次の通りです。合計送信データサイズ: 1024 bytes, 合計受信データサイズ: 2048 bytes',
        ),
    ),
    Log(
        "network.openvpn_status",
        "openvpn-status.log",
        (
            "TIME,2024-06-17 10:30:00,1718587800",
            "HEADER,CLIENT_LIST,Common Name,Real Address,Virtual Address,Virtual IPv6 Address,Bytes Received,Bytes Sent,Connected Since,Connected Since (time_t),Username,Client ID,Peer ID,Data Channel Cipher",
            "CLIENT_LIST,hanako,203.0.113.9:50122,10.8.0.6,,2048,5242880,2024-06-17 10:00:01,1718586001,hanako,0,0,AES-256-GCM",
            "HEADER,ROUTING_TABLE,Virtual Address,Common Name,Real Address,Last Ref,Last Ref (time_t)",
            "ROUTING_TABLE,10.8.0.6,hanako,203.0.113.9:50122,2024-06-17 10:29:59,1718587799",
            "GLOBAL_STATS,Max bcast/mcast queue length,0",
            "END",
        ),
        (
            "CLIENT_LIST,山田,203.0.113.8:50122,10.8.0.7,,2048,1024,2024-06-17 10:02:01,1718586121,山田,1,1,AES-256-GCM",
            "CLIENT_LIST,鈴木,203.0.113.7:50122,10.8.0.8,,1,2,2024-06-17 10:03:01,1718586181,鈴木,2,2,AES-256-GCM",
        ),
        header=("TITLE,OpenVPN 2.6.3 x86_64",),
    ),
)

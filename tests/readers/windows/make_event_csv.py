"""Write this reader's sample exports (`PYTHONPATH=.:src python tests/readers/windows/make_event_csv.py` from the top)."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parents[1] / "windows.event_csv"
AUDIT = "Microsoft-Windows-Security-Auditing"


def message(*lines: str) -> str:
    """Return the lines as Windows renders them: `label=value` below its section, tabs between."""
    return "\n".join(line if "=" not in line else "\t" + line.replace("=", ":\t\t", 1) for line in lines)


JA_LOGON = message(
    "アカウントが正常にログオンしました。",
    "",
    "サブジェクト:",
    "セキュリティ ID=NULL SID",
    "アカウント名=-",
    "アカウント ドメイン=-",
    "ログオン ID=0x0",
    "",
    "ログオン タイプ:\t\t\t3",
    "",
    "新しいログオン:",
    "セキュリティ ID=CORP\\山田",
    "アカウント名=山田",
    "アカウント ドメイン=CORP",
    "ログオン ID=0x1a2b3c",
    "",
    "ネットワーク情報:",
    "ワークステーション名=PC-0107",
    "ソース ネットワーク アドレス=192.0.2.17",
    "ソース ポート=50123",
    "",
    'このイベントは、""ログオン セッション""の作成時に生成されます。',
)
JA_SHARE = message(
    "クライアントに必要なアクセスを付与できるかどうかについて、ネットワーク共有オブジェクトがチェックされました。",
    "\t",
    "サブジェクト:",
    "セキュリティ ID=CORP\\山田",
    "アカウント名=山田",
    "アカウント ドメイン=CORP",
    "",
    "ネットワーク情報:\t",
    "オブジェクトの種類=File",
    "ソース アドレス=::ffff:192.0.2.17",
    "ソース ポート=50123",
    "\t",
    "共有情報:",
    "共有名=\\\\*\\共有",
    "共有パス=\\??\\D:\\共有",
    "相対ターゲット名=顧客\\髙橋商店\\名簿.xlsx",
    "",
    "アクセス要求情報:",
    "アクセス マスク=0x120089",
    "アクセス=READ_CONTROL",
    "\t\t\t\tSYNCHRONIZE",
    "\t\t\t\tReadData (または ListDirectory)",
)
EN_FAILED = message(
    "An account failed to log on.",
    "",
    "Subject:",
    "Security ID=NULL SID",
    "Account Name=-",
    "Account Domain=-",
    "",
    "Logon Type:\t\t\t10",
    "",
    "Account For Which Logon Failed:",
    "Security ID=NULL SID",
    "Account Name=administrator",
    "Account Domain=CORP",
    "",
    "Failure Information:",
    "Failure Reason=Unknown user name or bad password.",
    "Status=0xC000006D",
    "Sub Status=0xC000006A",
    "",
    "Network Information:",
    "Workstation Name=KALI",
    "Source Network Address=203.0.113.80",
    "Source Port=0",
)


def japanese() -> bytes:
    """CP932 without mark, five names for six columns, newest first."""
    return (
        "レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ\r\n"
        f'情報,2024/05/16 9:05:07,{AUDIT},5145,詳細なファイル共有,"{JA_SHARE}"\r\n'
        f'情報,2024/05/16 9:05:03,{AUDIT},4624,ログオン,"{JA_LOGON}"\r\n'
        "情報,2024/05/16 0:00:00,EventLog,6005,なし,イベント ログ サービスが開始されました。\r\n"
    ).encode("cp932")


def ordinary() -> bytes:
    """English in UTF-16 with mark, keywords first, twelve-hour clock."""
    alias = "Microsoft Windows security auditing."
    logoff = message("An account was logged off.", "", "Subject:", "Account Name=sato", "")
    task = 'User ""CORP\\sato""  registered Task Scheduler task ""\\Nightly""'
    return (
        "Keywords,Date and Time,Source,Event ID,Task Category\r\n"
        f'Audit Failure,5/16/2024 9:05:03 PM,{alias},4625,Logon,"{EN_FAILED}"\r\n'
        f'Audit Success,5/16/2024 12:00:01 AM,{AUDIT},4634,Logoff,"{logoff}"\r\n'
        f'Information,5/16/2024 8:00:00 AM,Microsoft-Windows-TaskScheduler,106,Task registered,"{task}"\r\n'
    ).encode("utf-16")


def damaged() -> bytes:
    """With mark; a row whose quotes do not close, one without number, one whose time is none, bytes of no codec."""
    return (
        "\ufeff".encode()
        + (
            "レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ\n"
            '情報,2024/05/16 9:05:03,EventLog,6005,なし,"切れた行\n続き\n'
            "情報,2024/05/16 9:06:00,EventLog,6006,なし,停止しました。\n"
            "情報,2024/05/16 9:07:00,EventLog,番号なし,なし,x\n"
            "情報,2024/13/45 9:08:00,EventLog,6005,なし,時刻が無い\n"
        ).encode()
        + b'\xe6\x83\x85\xe5\xa0\xb1,2024/05/16 9:09:00,EventLog,6008,-,"bad \xff\xfe bytes\n'
    )


if __name__ == "__main__":
    for name, content in {"ordinary": ordinary(), "japanese": japanese(), "damaged": damaged()}.items():
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        (folder / "Security.csv").write_bytes(content)

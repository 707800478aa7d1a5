"""Logs that are tables with a header, of products that nobody described."""

from __future__ import annotations

from tests.readers.make_line_samples import Log

LOGS = (
    Log(
        "text.csv_events",
        "操作ログ.csv",
        (
            r"2024/06/17,09:12:33,PC-0123,yamada,ファイルコピー,\\fs01\顧客名簿.xlsx,E:\顧客名簿.xlsx,512,許可",
            r"2024/06/17,09:13:40,PC-0123,yamada,Webアップロード,C:\tmp\名簿.zip,https://up.example.com/,480.5,禁止",
            r"2024/06/17,09:20:10,PC-0124,suzuki,削除,C:\見積.xlsx,,20,許可",
            r"2024/06/17,09:21:00,PC-0124,suzuki,USBデバイス取り外し,,,,許可",
        ),
        (
            r"2024/06/17,09:30:00,PC-0125,鈴木,印刷,給与.xlsx,,30,許可",
            r"2024/06/17,09:31:00,PC-0125,鈴木,名前変更,名簿.xlsx,a.bin,30,許可",
        ),
        header=("日付,時刻,端末名,ログオンユーザー名,操作内容,ファイルパス,移動/コピー先,ファイルサイズ(KB),判定",),
        told_by_header=False,
    ),
)

"""Exports of the consoles of cloud services, in English and Japanese."""

from __future__ import annotations

from tests.readers.make_line_samples import Log

# ruff: noqa: E501  # rows are as long as they are

LOGS = (
    Log(
        "cloud.box_csv_ja",
        "export.csv",
        (
            "2024/06/17 10:00,山田 太郎,yamada@example.jp,203.0.113.5,ダウンロード,顧客名簿.xlsx,52311,すべてのファイル/営業,",
            "2024/06/17 10:05,山田 太郎,yamada@example.jp,203.0.113.5,共有リンクの作成,顧客名簿.xlsx,52311,すべてのファイル/営業,",
            "2024/06/17 10:06,鈴木,suzuki@example.jp,203.0.113.6,プレビュー,a.pdf,100,すべてのファイル,",
            "2024/06/17 10:07,鈴木,suzuki@example.jp,203.0.113.6,ログイン,,,,",
        ),
        (
            "2024/06/17 10:10,佐藤,sato@example.jp,203.0.113.7,アップロード,名簿.csv,10,すべてのファイル,",
            "2024/06/17 10:11,佐藤,sato@example.jp,203.0.113.7,ログインの失敗,,,,",
        ),
        header=("日付,ユーザー名,ユーザーのメールアドレス,IPアドレス,アクション,対象,サイズ (バイト),パス,詳細",),
    ),
    Log(
        "cloud.dropbox_csv",
        "export.csv",
        (
            "2024-06-17T01:00:00Z,File operations,Downloaded files/folders,Yamada,yamada@example.jp,/営業/名簿.xlsx,203.0.113.5,JP,No",
            "2024-06-17T01:05:00Z,Sharing,Created shared link,Yamada,yamada@example.jp,/営業/名簿.xlsx,203.0.113.5,JP,Yes",
        ),
        (
            "2024-06-17T01:10:00Z,File operations,Deleted files,佐藤,sato@example.jp,/営業/顧客.xlsx,203.0.113.7,JP,No",
            "2024-06-17T01:11:00Z,Logins,Failed to sign in,佐藤,sato@example.jp,,203.0.113.7,JP,No",
        ),
        header=("Timestamp,Event category,Event type,Actor,Actor email,Assets,IP address,Country,Involves non-team members",),
    ),
    Log(
        "cloud.entra_audit_csv",
        "export.csv",
        (
            "2024-06-17T01:00:00Z,c1,Core Directory,UserManagement,Add user,success,,User,Kanri,o1,kanri@example.jp,203.0.113.5,,,User,,o2,new@example.jp",
            "2024-06-17T01:02:00Z,c1,Core Directory,RoleManagement,Add member to role,success,,User,Kanri,o1,kanri@example.jp,203.0.113.5,,,User,,o2,new@example.jp",
        ),
        (
            "2024-06-17T01:10:00Z,c2,Core Directory,UserManagement,Reset user password,failure,権限がありません,User,管理者,o1,kanri@example.jp,203.0.113.5,,,User,佐藤,o3,sato@example.jp",
            "2024-06-17T01:11:00Z,c3,Core Directory,UserManagement,Delete user,success,,User,管理者,o1,kanri@example.jp,203.0.113.5,,,User,鈴木,o4,suzuki@example.jp",
        ),
        header=(
            "Date (UTC),CorrelationId,Service,Category,Activity,Result,ResultReason,ActorType,ActorDisplayName,ActorObjectId,ActorUserPrincipalName,IpAddress,ActorServicePrincipalId,ActorServicePrincipalName,Target1Type,Target1DisplayName,Target1ObjectId,Target1UserPrincipalName",
        ),
    ),
    Log(
        "cloud.entra_signins_csv",
        "export.csv",
        (
            '"2024-06-17T01:00:00Z","r1","Mozilla","c1","u1","Yamada Taro","yamada@example.jp","Member","Office 365 SharePoint Online","0003","Microsoft Graph","0004","203.0.113.5","Tokyo, JP","Success","0","Other.","Browser","","Chrome 125","Windows10"',
            '"2024-06-17T01:01:00Z","r2","Mozilla","c2","u1","Yamada Taro","yamada@example.jp","Member","Office 365 SharePoint Online","0003","Microsoft Graph","0004","203.0.113.5","Tokyo, JP","Failure","50126","Error validating credentials due to invalid username or password.","Browser","","Chrome 125","Windows10"',
        ),
        (
            '"2024-06-17T01:10:00Z","r3","Mozilla","c2","u2","佐藤","sato@example.jp","Member","人事システム","0005","人事","0006","203.0.113.7","東京, JP","Interrupted","50140","割り込み","Browser","","Edge","Windows10"',
            '"2024-06-17T01:11:00Z","r4","Mozilla","c2","u2","鈴木","suzuki@example.jp","Member","人事","0005","人事","0006","203.0.113.8","東京, JP","Success","0","","Browser","","Edge","Windows10"',
        ),
        header=(
            '"Date (UTC)","Request ID","User agent","Correlation ID","User ID","User","Username","User type","Application","Application ID","Resource","Resource ID","IP address","Location","Status","Sign-in error code","Failure reason","Client app","Device ID","Browser","Operating System"',
        ),
    ),
    Log(
        "cloud.entra_signins_csv_ja",
        "export.csv",
        (
            '"2024-06-17T01:00:00Z","r1","Mozilla","c1","u1","山田 太郎","yamada@example.jp","メンバー","Office 365 SharePoint Online","0003","Microsoft Graph","0004","203.0.113.5","Tokyo, JP","成功","0","その他。","ブラウザー","","Chrome 125","Windows10"',
            '"2024-06-17T01:01:00Z","r2","Mozilla","c2","u1","山田 太郎","yamada@example.jp","メンバー","Office 365 SharePoint Online","0003","Microsoft Graph","0004","203.0.113.5","Tokyo, JP","失敗","50126","資格情報の検証エラー","ブラウザー","","Chrome 125","Windows10"',
        ),
        (
            '"2024-06-17T01:10:00Z","r3","Mozilla","c2","u2","佐藤","sato@example.jp","メンバー","人事システム","0005","人事","0006","203.0.113.7","東京, JP","中断","50140","割り込み","ブラウザー","","Edge","Windows10"',
            '"2024-06-17T01:11:00Z","r4","Mozilla","c2","u2","鈴木","suzuki@example.jp","メンバー","人事","0005","人事","0006","203.0.113.8","東京, JP","成功","0","","ブラウザー","","Edge","Windows10"',
        ),
        header=(
            '"日付 (UTC)","要求 ID","ユーザー エージェント","関連付け ID","ユーザー ID","ユーザー","ユーザー名","ユーザーの種類","アプリケーション","アプリケーション ID","リソース","リソース ID","IP アドレス","場所","状態","サインイン エラー コード","失敗の理由","クライアント アプリ","デバイス ID","ブラウザー","オペレーティング システム"',
        ),
    ),
    Log(
        "cloud.google_events_csv_ja",
        "export.csv",
        (
            "2024-06-17T10:00:00+09:00,ダウンロード,山田さんがアイテムをダウンロードしました,yamada@example.jp,suzuki@example.jp,非公開,顧客名簿.xlsx,1AbC,Microsoft Excel,203.0.113.5,",
            "2024-06-17T10:05:00+09:00,ユーザーの共有権限の変更,共有しました,yamada@example.jp,suzuki@example.jp,一般公開,顧客名簿.xlsx,1AbC,Microsoft Excel,203.0.113.5,free@example.net",
            "2024-06-17T10:06:00+09:00,表示,,suzuki@example.jp,suzuki@example.jp,非公開,a,2,Google スプレッドシート,203.0.113.6,",
        ),
        (
            "2024-06-17T10:10:00+09:00,ログインの失敗,,sato@example.jp,,,,,,203.0.113.7,",
            "2024-06-17T10:11:00+09:00,リンク共有の公開設定の変更,リンクを知っている全員,sato@example.jp,sato@example.jp,一般公開,名簿,3,Google スプレッドシート,203.0.113.7,全員",
        ),
        header=("日付,イベント,説明,アクター,オーナー,公開設定,タイトル,ドキュメント ID,ドキュメントの種類,IP アドレス,対象",),
    ),
    Log(
        "cloud.salesforce_login_ja",
        "export.csv",
        (
            '"yamada@example.jp","2024/06/17 10:00:00 JST","203.0.113.5","アプリケーション","成功","Chrome 125","Windows 10","ブラウザ","N/A","N/A","N/A","login.salesforce.com","TLS 1.3"',
            '"yamada@example.jp","2024/06/17 10:01:00 JST","203.0.113.5","アプリケーション","パスワードが無効です","Chrome 125","Windows 10","ブラウザ","N/A","N/A","N/A","login.salesforce.com","TLS 1.3"',
        ),
        (
            '"sato@example.jp","2024/06/17 10:02:00 JST","203.0.113.7","リモートアクセス 2.0","成功","不明","不明","データローダ","N/A","Bulk","60.0","login.salesforce.com","TLS 1.3"',
            '"suzuki@example.jp","2024/06/17 10:03:00 JST","203.0.113.8","アプリケーション","ログイン時間帯の制限","Edge","Windows 10","ブラウザ","N/A","N/A","N/A","login.salesforce.com","TLS 1.3"',
        ),
        header=(
            '"ユーザ名","ログイン日時","ソース IP","ログイン種別","状況","ブラウザ","プラットフォーム","アプリケーション","クライアントのバージョン","API 種別","API バージョン","ログイン URL","TLS プロトコル"',
        ),
    ),
    Log(
        "cloud.salesforce_setup",
        "export.csv",
        (
            '"6/17/2024, 10:00:00 AM JST","kanri@example.jp","","Changed profile for user Yamada to System Administrator","Manage Users",""',
            '"6/17/2024, 10:05:00 AM JST","kanri@example.jp","","Created data export","Data Export",""',
        ),
        (
            '"6/17/2024, 10:10:00 AM JST","kanri@example.jp","","Created new user 佐藤","Manage Users",""',
            '"6/17/2024, 10:11:00 AM JST","kanri@example.jp","","Changed permission set 営業","Manage Users","sato@example.jp"',
        ),
        header=('"Date","User","Source Namespace Prefix","Action","Section","Delegate User"',),
    ),
    Log(
        "cloud.slack_csv",
        "export.csv",
        (
            "2024-06-17 10:00:00,file_downloaded,Yamada,yamada@example.jp,file,名簿.xlsx,203.0.113.5,Mozilla",
            "2024-06-17 10:01:00,user_login,Yamada,yamada@example.jp,user,Yamada,203.0.113.5,Mozilla",
        ),
        (
            "2024-06-17 10:02:00,file_public_link_created,佐藤,sato@example.jp,file,顧客名簿.xlsx,203.0.113.7,Mozilla",
            "2024-06-17 10:03:00,user_login_failed,佐藤,sato@example.jp,user,佐藤,203.0.113.7,Mozilla",
        ),
        header=("Date,Action,Actor Name,Actor Email,Entity Type,Entity Name,IP Address,User Agent",),
    ),
    Log(
        "cloud.salesforce_setup_ja",
        "export.csv",
        (
            '"2024/06/17 10:00:00 JST","kanri@example.jp","","権限セット 管理者 をユーザ 山田 に割り当てました","ユーザの管理",""',
            '"2024/06/17 10:05:00 JST","kanri@example.jp","","データのエクスポートを要求しました","データのエクスポート",""',
        ),
        (
            '"2024/06/17 10:10:00 JST","kanri@example.jp","","ユーザ 佐藤 を作成しました","ユーザの管理",""',
            '"2024/06/17 10:11:00 JST","kanri@example.jp","","ユーザ 鈴木 を無効化しました","ユーザの管理","sato@example.jp"',
        ),
        header=('"日付","ユーザ","ソース名前空間プレフィックス","アクション","セクション","代理ユーザ"',),
    ),
    Log(
        "cloud.google_events_csv",
        "export.csv",
        (
            "2024-06-17T10:00:00+09:00,Successful login,yamada logged in,yamada@example.jp,203.0.113.5,Google password,False",
            "2024-06-17T10:01:00+09:00,Failed login,yamada failed to log in,yamada@example.jp,203.0.113.9,Google password,True",
        ),
        (
            "2024-06-17T10:02:00+09:00,User Creation,佐藤 を作成,kanri@example.jp,203.0.113.5,,",
            "2024-06-17T10:03:00+09:00,Logout,佐藤 がログアウト,sato@example.jp,203.0.113.7,,",
        ),
        header=("Date,Event,Description,Actor,IP address,Login type,Is suspicious",),
    ),
)

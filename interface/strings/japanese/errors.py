"""What goes wrong, and what others say on the page, in Japanese."""

from ..catalogue import Errors, Gradio, Status

ERRORS = Errors(
    fault="こちらで問題が起きました。もう一度お試しいただくか、別のファイルをお試しください。",
    excerpt_nothing="この録音には、切り出せるほどはっきり{name}が聞こえるところがありません。",
    not_uploaded="ファイルがこのサーバーにありません。もう一度アップロードしてください。",
    request_late="{seconds} 秒たったため解析を中止しました。もっと短い録音にするか、一度に送る数を減らしてください。",
    ending="アプリを再起動しています。1 分後にもう一度お試しください。",
    busy="ただいま混み合っています。1 分後にもう一度お試しください。",
    upload_too_big=(
        "アップロードが 1 ファイルの上限 {mb} MB を超えています。MP3 など、もっと小さなファイルにしてください。"
    ),
    upload_no_room="サーバーのアップロード用の空きがありません。30 分後にもう一度お試しください。",
    upload_late="アップロードに時間がかかりすぎました。もっと速い接続か、もっと小さなファイルでお試しください。",
    file_empty="{name} は空です。録音またはコピーをやり直してください。",
    file_no_sound=(
        "{name} から音を読み取れませんでした。WAV、FLAC、Ogg、Opus、MP3、AIFF、M4A、WebM の録音をお使いください。"
    ),
    file_short="{name} の音は {seconds} 秒しかありません。少なくとも {least} 秒必要です。",
    file_rate="{name} のサンプリング周波数は {rate} Hz です。4～192 kHz に変換してください。",
    file_unreadable="{name} を読み取れません（{reason}）。アクセス権とディスクを確認してください。",
    file_missing="{name} が存在しないか、ファイルではありません。名前を確認してください。",
    file_scaled="サンプルがフルスケールを超えていたため（ピーク {peak} dBFS）、ピークに合わせて下げました。",
)

STATUS = Status(
    bundled="付属モデルが答えています。",
    bundled_until="{name} が Hub から届くまで、付属モデルが答えます。",
    bundled_meanwhile="付属モデルが答えています。{time} UTC にもう一度 Hub に問い合わせます：{problem}",
    commit="モデル {name}（リビジョン {commit}）が答えています。",
    folder="モデル {name} が答えています。",
)

GRADIO = Gradio(
    drop="ここに音声ファイルをドロップ",
    either="または",
    click="クリックしてアップロード",
    loading="読み込み中",
    record="録音する",
    stop="停止",
    resume="再開",
    api="API または MCP で使う",
    settings="設定",
    more_tabs="ほかのタブ",
    file_upload="ファイルのアップロード",
    upload_file="ファイルをアップロード",
    record_audio="マイクで録音",
    footer="Gradio のフッター",
    clear="消去",
    pause="一時停止",
    device="入力デバイスを選ぶ",
    error="エラー",
    no_microphone="マイクが見つかりません",
    microphone_denied="録音するには、マイクの使用を許可してください。",
    still_uploading="ファイルをアップロードしています。少し待ってから、もう一度お試しください。",
    complete="完了",
)

"""A recording and its answer, in Japanese."""

from ..catalogue import Card, Code, Recording, Timeline

RECORDING = Recording(
    label="録音",
    hint=(
        "WAV、FLAC、MP3、Ogg、Opus、M4A、AIFF、WebM。最大 {mb} MB。"
        "アップロードしたファイルは {keep} 分以内に削除されます。"
    ),
    examples="例を試す",
    ensemble="三重奏",
    recognise="判定する",
    listening="聴いています",
)

CARD = Card(
    empty_headline="何を聴きましょうか？",
    empty_text="このページが聴き分ける楽器：{names}。",
    empty_text_voice="このページが聴き分ける楽器：{names}。歌声もお知らせします。",
    empty_more="ほか {count} 種類",
    kicker_found="聞こえているのは",
    kicker_nothing="該当なし",
    kicker_error="うまくいきませんでした",
    also="ほかに聞こえる音",
    also_partly="ときどき",
    bars="可能性の高い楽器",
    closest="近い楽器（どれも決め手に欠けます）",
    compare="サンプル音源と聴き比べる",
    none_headline="該当する楽器なし",
    none_text=(
        "この録音には、このページが聴き分ける楽器に十分似た音がありません。話し声、ドラム、雑音、"
        "そのほかの楽器であれば、これが正しい答えです。"
    ),
    voice_headline="歌",
    voice_text="歌声が聞こえます。そのほかに、名前を挙げられるほどはっきり聞こえる楽器はありません。",
    resembles="似ている音：{names}（参考まで）",
    noticed_text="{name}が聞こえます。そのほかに、名前を挙げられるほどはっきり聞こえる楽器はありません。",
    silent_headline="無音",
    silent_text="この録音には音が入っていません。マイクの状態と、書き出したトラックが正しいかを確認してください。",
    error_headline="答えが出せません",
    error_lost="サーバーとの接続が切れました。",
    error_again="同じ録音でもう一度試す",
    answered_by="回答：{source}（リビジョン {revision}）",
    bundled="付属モデル",
    trust_certain="ほぼ確実",
    trust_likely="おそらく",
    trust_guess="推測",
    remark_truncated="最初の {minutes} 分だけを解析しました。録音はそれより長いものです。",
    remark_short="音が {seconds} 秒しかありません。2 秒以上あると、答えがより確かになります。",
    remark_quiet=(
        "音がとても小さいです（ピーク {peak} dBFS）。もっと近くで、または大きな音で録音すると、"
        "答えがより確かになります。"
    ),
    remark_clipped="録音が音割れしています。音割れすると、楽器どうしの音が似てしまいます。",
    remark_noisy="録音に雑音が多いため、答えは参考程度にしてください。",
    accuracy_link="どのくらい当たりますか？",
    accuracy_of="テストでは「{name}」という答え 100 件のうち {count} 件が正解でした",
)

TIMELINE = Timeline(
    title="時間の流れ",
    hint="クリックすると、そこから再生します。ドラッグするか、Shift を押しながら矢印キーを押すと、範囲を選べます。",
    spectrogram_alt=(
        "{seconds} 秒間のメルスペクトログラム（0～{top} kHz）。濃いほど大きな音です。下の帯は、"
        "各楽器がそれぞれの瞬間にどのくらいはっきり聞こえるかを示します。"
    ),
    seek="録音内の位置",
    lane_alt="{name}：{spans}",
    lane_never="はっきり聞こえるところはありません",
    stretches="いつ何が鳴っているか",
    stretch_nothing="該当する楽器なし",
    play="再生",
    column_time="時間",
    column_instrument="楽器",
    column_probability="確率",
    column_relative="上位 3 つでの割合",
    column_sound="音声",
    all_labels="すべての確率",
    download="ダウンロード",
    download_csv="CSV",
    download_json="JSON",
    download_audacity="Audacity ラベル",
    download_raven="Raven 選択範囲",
    download_reaper="Reaper リージョン",
    excerpts="聴きどころ（WAV）",
    taking="ダウンロードを準備しています…",
    part_selected="選択範囲：{start} – {end}",
    part_kicker="{start} から {end} まで",
    part_play="再生",
    part_cut="WAV をダウンロード",
    part_clear="選択を解除",
    sensitivity="感度",
    strict="低め",
    calibrated="標準",
    sensitive="高め",
    sensitivity_measured="テストでは、挙げた楽器の {precision}% が正しく、鳴っていた楽器の {recall}% を挙げました。",
    copy_link="この例へのリンクをコピー",
    copied="コピーしました",
    not_copied="コピーできませんでした",
)

CODE = Code(
    title="プログラムから使う",
    text="このページの答えはどれも API 呼び出しです。上の録音の場合：",
    copy="コピー",
    mcp="MCP に対応したアシスタントは、次のアドレスを使えます：",
)

"""A recording and its answer, in English."""

from ..catalogue import Card, Code, Recording, Timeline

RECORDING = Recording(
    label="Your recording",
    hint=("WAV, FLAC, MP3, Ogg, Opus, M4A, AIFF or WebM, up to {mb} MB. Uploads are deleted within {keep} minutes."),
    examples="Or try an example",
    ensemble="Trio",
    recognise="Recognise",
    listening="Listening",
)

CARD = Card(
    empty_headline="What shall we listen to?",
    empty_text="This page recognises {names}.",
    empty_text_voice="This page recognises {names}, and tells you when somebody is singing.",
    empty_more="{count} more",
    kicker_found="This sounds like",
    kicker_nothing="No match",
    kicker_error="That did not work",
    also="Also heard",
    also_partly="at times",
    bars="Most likely instruments",
    closest="Closest matches, none of them close enough",
    compare="Compare by ear with the examples",
    none_headline="No known instrument",
    none_text=(
        "Nothing in this recording resembles the instruments that this page recognises closely enough. That is "
        "the right answer for speech, drums, noise and other instruments."
    ),
    voice_headline="Singing",
    voice_text="There is a singing voice, and no instrument is clear enough beside it to be named.",
    resembles="It resembles: {names} (only a hint)",
    noticed_text="{name} is heard, and no instrument is clear enough beside it to be named.",
    silent_headline="Silence",
    silent_text=("There is no sound in this recording. Check the microphone, or whether the right track was exported."),
    error_headline="No answer",
    error_lost="The connection to the server was lost.",
    error_again="Try again with the same recording",
    answered_by="Answered by {source}, revision {revision}",
    bundled="the bundled model",
    trust_certain="almost certain",
    trust_likely="likely",
    trust_guess="a guess",
    remark_truncated="Only the first {minutes} minutes were analysed; the recording is longer.",
    remark_short="Only {seconds} s of sound: two seconds or more would give a more reliable answer.",
    remark_quiet="Very quiet (peak {peak} dBFS): record closer or louder for a more reliable answer.",
    remark_clipped="The recording is clipped (overdriven), which makes instruments sound alike.",
    remark_noisy="The recording is noisy, so treat the answer with caution.",
    accuracy_link="How often is that right?",
    accuracy_of="In tests, {count} of 100 answers “{name}” were right",
)

TIMELINE = Timeline(
    title="Over time",
    hint="Click to play from there. Drag, or hold Shift and press the arrow keys, to select a part.",
    spectrogram_alt=(
        "Mel spectrogram of {seconds} seconds, 0 to {top} kHz: the darker, the louder. The lanes below "
        "show how strongly each instrument is heard at each moment."
    ),
    seek="Position in the recording",
    lane_alt="{name}: {spans}",
    lane_never="never clearly",
    stretches="What plays when",
    stretch_nothing="no known instrument",
    play="Play",
    column_time="Time",
    column_instrument="Instrument",
    column_probability="Probability",
    column_relative="Share of top 3",
    column_sound="Sound",
    all_labels="All probabilities",
    download="Download",
    download_csv="CSV",
    download_json="JSON",
    download_audacity="Audacity labels",
    download_raven="Raven selections",
    download_reaper="Reaper regions",
    excerpts="Best excerpt (WAV)",
    taking="Preparing the download …",
    part_selected="Selected: {start} – {end}",
    part_kicker="From {start} to {end}",
    part_play="Play",
    part_cut="Download WAV",
    part_clear="Clear selection",
    sensitivity="Sensitivity",
    strict="Strict",
    calibrated="Calibrated",
    sensitive="Sensitive",
    sensitivity_measured="In tests, {precision} % of what it named was right, and it named {recall} % of what played.",
    copy_link="Copy link to this example",
    copied="Copied",
    not_copied="Could not copy",
)

CODE = Code(
    title="Use it from code",
    text="Every answer on this page is an API call. For the clip above:",
    copy="Copy",
    mcp="Assistants that support MCP can use this address:",
)

"""How prompts sound, measured: trimmed without loss, evenly loud, never clipped; G.711 and G.722 right."""

from __future__ import annotations

import contextlib
import io
import struct
import wave
from collections.abc import Sequence

import G722  # type: ignore[import-not-found]
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.domain.company import LANGUAGES
from switchboard.errors import PromptError
from switchboard.prompts import audio, reading, tones
from switchboard.prompts.speech import Espeak
from switchboard.prompts.storing import FORMATS
from switchboard.prompts.wav import Sound, read_wav
from tests.prompts.conftest import Built


def decibels(value: float) -> float:
    """Amplitude relative to full scale."""
    return float(20 * np.log10(max(value, 1e-9)))


def wav(samples: np.ndarray, rate: int = 16000, bits: int = 16, channels: int = 1) -> bytes:
    """A PCM WAV file as recording programs write it."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(bits // 8)
        file.setframerate(rate)
        scaled = np.repeat(samples, channels)
        if bits == 8:
            file.writeframes((scaled * 127 + 128).astype(np.uint8).tobytes())
        elif bits == 24:
            whole = (scaled * (2**23 - 1)).astype("<i4")
            file.writeframes(whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
        else:
            file.writeframes((scaled * (2 ** (bits - 1) - 1)).astype(f"<i{bits // 8}").tobytes())
    return out.getvalue()


def hum(seconds: float = 0.5, rate: int = 16000, strength: float = 0.3) -> np.ndarray:
    """A tone of 440 Hz."""
    return strength * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)


def _stored(built: Built, language: str) -> dict[str, np.ndarray]:
    """Every stored 16 kHz sound of a language, from -1 to 1."""
    folder = built.place.sounds / language
    return {
        f.relative_to(folder).with_suffix("").as_posix(): np.fromfile(f, "<i2") / 32768
        for f in folder.rglob("*.sln16")
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_prompts_are_evenly_loud_and_never_clipped(built: Built, language: str) -> None:
    """Peak at most -3 dBFS; the parts where somebody speaks near -20 dBFS."""
    for name, samples in _stored(built, language).items():
        assert decibels(np.abs(samples).max()) <= -2.9, name
        if name.startswith(("silence/", "beep")) or not samples.any():
            continue
        frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
        energy = (frames**2).mean(axis=1)
        loudness = decibels(np.sqrt(energy[energy > energy.max() * 1e-3].mean()))
        assert -24 < loudness < -17, (name, loudness)


@pytest.mark.parametrize("language", LANGUAGES)
def test_prompts_begin_and_end_softly(built: Built, language: str) -> None:
    """No click at either end: the outermost milliseconds are silent."""
    for name, samples in _stored(built, language).items():
        assert np.abs(samples[:16]).max() < 0.03, name
        assert np.abs(samples[-16:]).max() < 0.03, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_prompts_last_as_long_as_their_words_need(built: Built, language: str) -> None:
    """Between a tenth and four tenths of a second for each syllable or few letters."""
    units = [*built.sounds.units(), *built.sounds.people()]
    for unit in (u for u in units if u.language == language):
        said = reading.clean(unit.text)
        syllables = (
            len(reading.HAN.findall(said)) + len([c for c in said if c.isascii() and c.isalnum()]) / 2.5
        )
        seconds = built.sounds.seconds(unit.path, language)
        assert 0.1 * syllables <= seconds <= 0.5 * syllables + 1.2, (unit.key, seconds)


def test_trimming_cuts_silence_and_nothing_else(espeak: Sequence[str]) -> None:
    """Of what espeak-ng says, less than a ten-thousandth of the energy is lost, in quiet ends too."""
    voice = Espeak(espeak)
    for text in ("请稍等", "四", "谢谢来电，再见", "十", "分机", "six", "Sales", "extension", "of", "Hello"):
        (piece,) = reading.pieces(text, "zh", {})
        spoken = voice.speak(piece)
        samples = audio.soxr.resample(spoken.samples - spoken.samples.mean(), spoken.rate, audio.RATE)
        kept = audio.trim(samples)
        lost = 1 - float((kept**2).sum() / (samples**2).sum())
        assert lost < 1e-3, (text, lost)
        assert len(kept) <= len(samples) + int(audio.MARGIN_SECONDS[1] * audio.RATE)


def test_every_format_holds_the_same_time() -> None:
    """A byte a sample in G.711, half a byte in G.722, two in linear sound."""
    encoded = audio.encode(hum(0.5))
    assert set(encoded) == set(FORMATS)
    sizes = {name: len(content) for name, content in encoded.items()}
    assert sizes == {"ulaw": 4000, "alaw": 4000, "g722": 4000, "sln16": 16000}


def _expand_ulaw(code: int) -> int:
    """ITU-T G.711 table 2, written out."""
    code = ~code & 255
    value = (((code & 15) << 3) + 132 << ((code >> 4) & 7)) - 132
    return -value if code & 128 else value


def _expand_alaw(code: int) -> int:
    """ITU-T G.711 table 1, written out."""
    code ^= 0x55
    value = (code & 15) << 4
    segment = (code >> 4) & 7
    value = value + 8 if segment == 0 else value + 264 << (segment - 1)
    return value if code & 128 else -value


@given(st.integers(-32768, 32767))
def test_g711_codes_are_the_nearest_there_are(sample: int) -> None:
    """The code chosen decodes to within one step of the sample: half a step of its segment."""
    for table, expand in ((audio._ULAW, _expand_ulaw), (audio._ALAW, _expand_alaw)):
        error = abs(expand(int(table[sample + 32768])) - sample)
        assert error <= max(16, abs(sample) / 16) or abs(sample) > 32000


def test_g711_keeps_every_code() -> None:
    """Each of the 256 codes is used, and its own value gives it back."""
    for table, expand in ((audio._ULAW, _expand_ulaw), (audio._ALAW, _expand_alaw)):
        codes = {int(c) for c in table}
        assert codes | {0x7F} == set(range(256))  # µ-law has two zeros
        for code in codes - {0x7F}:
            assert int(table[expand(code) + 32768]) == code


def test_g722_decodes_to_what_was_encoded() -> None:
    """The same tone, within the codec's delay and noise."""
    tone = hum(1.0)
    decoded = np.asarray(G722.G722(16000, 64000).decode(audio.encode(tone)["g722"]), dtype=float) / 32768
    sent = tone[2000:12000]
    errors = [((decoded[2000 + d : 12000 + d] - sent) ** 2).sum() / (sent**2).sum() for d in range(40)]
    assert min(errors) < 0.01


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
@pytest.mark.parametrize(("bits", "channels"), [(8, 1), (16, 1), (16, 2), (24, 2), (32, 1)])
def test_recordings_of_any_rate_and_depth_are_read(rate: int, bits: int, channels: int) -> None:
    """Half a second stays half a second, at the same strength."""
    sound = read_wav(wav(hum(0.5, rate), rate, bits, channels), "test")
    assert abs(sound.seconds - 0.5) < 0.01
    assert abs(np.abs(sound.samples).max() - 0.3) < 0.02


def test_extensible_headers_and_unfinished_lengths_are_read() -> None:
    """What studios write, and what espeak-ng writes to a pipe."""
    plain = wav(hum(0.1))
    body = plain[44:]
    extensible = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 16000, 32000, 2, 16, 22, 16, 0) + struct.pack("<H", 1)
    extensible += b"\0" * 14
    riff = b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", len(extensible)) + extensible
    riff += b"LIST" + struct.pack("<I", 3) + b"abc\0" + b"data" + struct.pack("<I", 0x7FFFF000) + body
    assert len(read_wav(riff, "test").samples) == len(body) // 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not a WAV"),
        (b"ID3\x04 an mp3 file", "not a WAV"),
        (b"RIFF\0\0\0\0WAVE", "no sound"),
        (wav(hum(0.1))[:40], "no sound"),
        (wav(np.zeros(0)), "no sound"),
        (wav(hum(0.1)).replace(b"\x01\x00\x01\x00", b"\x55\x00\x01\x00", 1), "format 85"),
    ],
)
def test_what_is_no_usable_recording_is_told(content: bytes, told: str) -> None:
    """An mp3 that was renamed, an empty file, a compressed WAV."""
    with pytest.raises(PromptError, match=told):
        read_wav(content, "rec.wav")


@given(st.binary(max_size=400))
def test_any_bytes_are_sound_or_a_clear_error(content: bytes) -> None:
    """Nothing but PromptError, whatever a file holds."""
    for data in (content, b"RIFF\0\0\0\0WAVE" + content, wav(hum(0.01))[:36] + content):
        with contextlib.suppress(PromptError):
            read_wav(data, "rec.wav")


def test_silence_is_no_speech() -> None:
    """A silent recording is told, not amplified."""
    with pytest.raises(PromptError, match="silence"):
        audio.prepare(Sound(np.zeros(16000), 16000))


def test_music_is_quiet_even_and_goes_round() -> None:
    """It ends as it begins, never clips, and is the same each time."""
    music = tones.music()
    assert len(music) == tones.MUSIC_SECONDS * audio.RATE
    assert decibels(np.abs(music).max()) < -6
    assert -30 < decibels(np.sqrt(np.mean(music**2))) < -22
    assert abs(music[0] - music[-1]) < 0.02
    seconds = music.reshape(-1, audio.RATE)
    assert (np.sqrt((seconds**2).mean(axis=1)) > 0.01).all()  # nobody takes it for a dropped call
    assert (music == tones.music()).all()


@pytest.mark.parametrize(("name", "seconds"), [("silence/1", 1), ("silence/10", 10)])
def test_silences_last_as_named(name: str, seconds: int) -> None:
    """Asterisk counts on it."""
    assert len(tones.tone(name)) == seconds * audio.RATE
    assert not tones.tone(name).any()

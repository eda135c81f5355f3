using System.Globalization;
using System.Text;

namespace ProbNet.Language;

/// <summary>How many columns text takes in a terminal, so that carets stand under what they mean.</summary>
internal static class DisplayWidth
{
    /// <summary>Columns a tab is shown as.</summary>
    public const int Tab = 4;

    /// <summary>The text with tabs as spaces and control characters replaced, so that its width is predictable.</summary>
    public static string Printable(string text)
    {
        if (!text.Any(char.IsControl)) return text;
        var builder = new StringBuilder();
        foreach (var c in text)
        {
            if (c == '\t') builder.Append(' ', Tab);
            else builder.Append(char.IsControl(c) ? '\uFFFD' : c);
        }
        return builder.ToString();
    }

    /// <summary>The columns that <paramref name="text"/> takes; tabs count <see cref="Tab"/>, East Asian wide characters 2, combining marks 0.</summary>
    public static int Of(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes()) width += Of(rune);
        return width;
    }

    private static int Of(Rune rune) =>
        rune.Value == '\t' ? Tab
        : rune.Value < 0x300 ? 1
        : Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0
        : IsWide(rune.Value) ? 2
        : 1;

    // The blocks that Unicode's East Asian Width property (UAX #11) calls wide or fullwidth, as ranges coarse enough to keep here.
    private static bool IsWide(int c) => c is
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xA960 and <= 0xA97C) or (>= 0xAC00 and <= 0xD7A3)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
        or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F680 and <= 0x1F6FF) or (>= 0x1F900 and <= 0x1F9FF) or (>= 0x20000 and <= 0x3FFFD);
}

namespace ProbNet.Language.Syntax;

/// <summary>How far the words, numbers and strings of the language reach. ASCII only, and independent of culture: the framework's own character classes
/// take digits and letters of all scripts.</summary>
internal static class Scan
{
    /// <summary>Words that cannot be names. Those of the second line belong to F# and are kept free.</summary>
    public static readonly IReadOnlySet<string> Reserved = new HashSet<string>(StringComparer.Ordinal)
    {
        "let", "in", "fun", "if", "then", "elif", "else", "true", "false", "not", "prob", "return", "do", "open", "module", "on", "for",
        "match", "with", "while", "rec", "mutable", "type",
    };

    public static bool IsDigit(char c) => c is >= '0' and <= '9';

    public static bool IsWordStart(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_';

    public static bool IsWordPart(char c) => IsWordStart(c) || IsDigit(c) || c == '\'';

    public static bool IsUpper(char c) => c is >= 'A' and <= 'Z';

    /// <summary>The offset after the word at <paramref name="index"/>; <c>let!</c>, <c>do!</c> and <c>return!</c> are one word. The offset itself if there is none.</summary>
    public static int Word(string text, int index)
    {
        var end = index;
        if (index < text.Length && IsWordStart(text[index]))
        {
            do end++;
            while (end < text.Length && IsWordPart(text[end]));
        }
        return end < text.Length && text[end] == '!' && (end + 1 == text.Length || text[end + 1] != '=') && IsBindingWord(text.AsSpan(index, end - index)) ? end + 1 : end;
    }

    private static bool IsBindingWord(ReadOnlySpan<char> word) => word is "let" or "do" or "return";

    /// <summary>The offset after the number at <paramref name="index"/>, which holds a digit, and whether it is real.</summary>
    public static (int End, bool IsReal) Number(string text, int index)
    {
        var end = Digits(text, index);
        var real = false;
        // In `0..3` the dots are a range; in `5.` the dot belongs to the number.
        if (end < text.Length && text[end] == '.' && !(end + 1 < text.Length && text[end + 1] == '.'))
        {
            real = true;
            end = Digits(text, end + 1);
        }
        if (end < text.Length && text[end] is 'e' or 'E')
        {
            var digits = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
            if (digits < text.Length && IsDigit(text[digits]))
            {
                real = true;
                end = Digits(text, digits);
            }
        }
        return (end, real);
    }

    private static int Digits(string text, int index)
    {
        while (index < text.Length && IsDigit(text[index])) index++;
        return index;
    }

    /// <summary>The offset after the string whose opening quote is at <paramref name="index"/>, and whether its closing quote is on the same line.</summary>
    public static (int End, bool Closed) String(string text, int index)
    {
        var quote = text[index];
        for (var end = index + 1; end < text.Length && text[end] is not ('\n' or '\r'); end++)
        {
            if (text[end] == quote) return (end + 1, true);
            if (text[end] == '\\' && end + 1 < text.Length && text[end + 1] is not ('\n' or '\r')) end++;
        }
        var stop = text.AsSpan(index).IndexOfAny('\r', '\n');
        return (stop < 0 ? text.Length : index + stop, false);
    }

    /// <summary>The character that the escape sequence at <paramref name="index"/>, a backslash, stands for, and its length; length 0 if it is none.</summary>
    public static (char Value, int Length) Escape(string text, int index)
    {
        if (index + 1 >= text.Length) return default;
        return text[index + 1] switch
        {
            '"' => ('"', 2),
            '\\' => ('\\', 2),
            'n' => ('\n', 2),
            'r' => ('\r', 2),
            't' => ('\t', 2),
            'u' when index + 6 <= text.Length && ushort.TryParse(text.AsSpan(index + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier,
                System.Globalization.CultureInfo.InvariantCulture, out var code) => ((char)code, 6),
            _ => default,
        };
    }
}

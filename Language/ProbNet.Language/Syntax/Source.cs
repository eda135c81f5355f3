namespace ProbNet.Language;

/// <summary>A named text with a line map: a <c>.prob</c> file or a prelude module.</summary>
public sealed class SourceText
{
    private readonly int[] _lineStarts;

    /// <summary>The text of the file called <paramref name="name"/>.</summary>
    public SourceText(string name, string text)
    {
        (Name, Text) = (name, text);
        var starts = new List<int> { 0 };
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n') starts.Add(i + 1);
        }
        _lineStarts = [.. starts];
    }

    /// <summary>The name shown in messages.</summary>
    public string Name { get; }

    /// <summary>The characters.</summary>
    public string Text { get; }

    /// <summary>Line and column, both from 1, of an offset.</summary>
    public (int Line, int Column) Position(int offset)
    {
        var line = Array.BinarySearch(_lineStarts, Math.Clamp(offset, 0, Text.Length));
        if (line < 0) line = ~line - 1;
        return (line + 1, offset - _lineStarts[line] + 1);
    }

    /// <summary>The text of a line (from 1) without its terminator.</summary>
    public string Line(int line)
    {
        var start = _lineStarts[line - 1];
        var stop = line < _lineStarts.Length ? _lineStarts[line] : Text.Length;
        return Text[start..stop].TrimEnd('\r', '\n');
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A stretch of source text.</summary>
/// <param name="Source">The text, or null for a value with no source.</param>
/// <param name="Start">Offset of the first character.</param>
/// <param name="Length">Number of characters.</param>
public readonly record struct SourceSpan(SourceText? Source, int Start, int Length)
{
    /// <summary>The offset after the last character.</summary>
    public int End => Start + Length;

    /// <summary>The smallest span covering both.</summary>
    public SourceSpan To(SourceSpan other) =>
        Source is null ? other : other.Source is null ? this : new(Source, Math.Min(Start, other.Start), Math.Max(End, other.End) - Math.Min(Start, other.Start));

    /// <summary><c>file:line:column</c>, or empty without a source.</summary>
    public string Location
    {
        get
        {
            if (Source is null) return "";
            var (line, column) = Source.Position(Start);
            return $"{Source.Name}:{line}:{column}";
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Location;
}

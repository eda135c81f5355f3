using ProbNet.Graph;

namespace ProbNet.Language.Syntax;

/// <summary>The characters, from Unicode's private use area, that layout inserts where indentation has a meaning.</summary>
internal static class Virtual
{
    /// <summary>A block of definitions and a result begins.</summary>
    public const char Open = '\uE000';

    /// <summary>A new item of a block, list, record or <c>prob</c> begins on this line.</summary>
    public const char Separator = '\uE001';

    /// <summary>A block ends.</summary>
    public const char Close = '\uE002';

    /// <summary>Whether the character is one of them.</summary>
    public static bool Is(char c) => c is Open or Separator or Close;
}

/// <summary>The stretch of a laid-out text that holds one top-level declaration.</summary>
/// <param name="Start">Offset, in the laid-out text, of its first character.</param>
/// <param name="End">Offset after its last.</param>
/// <param name="FirstToken">Index of its first token.</param>
/// <param name="EndToken">Index after its last.</param>
/// <param name="DoubtfulFrom">The first offset in the source where lexing or layout found something wrong, or the greatest integer; complaints of the grammar
/// from there on would mostly repeat it.</param>
/// <param name="Abandoned">Whether it is nested too deeply to parse at all.</param>
/// <param name="Depth">The greatest number of brackets and blocks open at one time.</param>
internal sealed record Chunk(int Start, int End, int FirstToken, int EndToken, int DoubtfulFrom, bool Abandoned, int Depth);

/// <summary>
/// A source after layout: comments gone, blanks reduced to one, virtual characters where lines begin and end something; each character knows which token
/// it comes from and where that stands in the source.
/// </summary>
internal sealed class LaidOutText(SourceText source, List<Token> tokens, string text, int[] offsets, int[] tokenAt, EqArray<Chunk> chunks)
{
    /// <summary>The source it was made from.</summary>
    public SourceText Source => source;

    /// <summary>The source's tokens.</summary>
    public IReadOnlyList<Token> Tokens => tokens;

    /// <summary>The laid-out characters.</summary>
    public string Text => text;

    /// <summary>The top-level declarations, in order.</summary>
    public EqArray<Chunk> Chunks => chunks;

    /// <summary>Where in the source the character at <paramref name="index"/> stands; a virtual character stands right after the token before it.</summary>
    public int Offset(int index) => index < offsets.Length ? offsets[index] : source.Text.Length;

    /// <summary>Index of the token that the character belongs to, or of the next one if it belongs to none.</summary>
    public int TokenAt(int index) => index < tokenAt.Length ? tokenAt[index] : tokens.Count;

    /// <summary>The source from the first character at <paramref name="start"/> to the last real one before <paramref name="end"/>.</summary>
    public SourceSpan Span(int start, int end)
    {
        var last = end - 1;
        while (last > start && (text[last] == ' ' || Virtual.Is(text[last]))) last--;
        while (start < last && (text[start] == ' ' || Virtual.Is(text[start]))) start++;
        var from = Offset(start);
        return new SourceSpan(source, from, last < start || Virtual.Is(text[last]) ? 0 : Offset(last) + 1 - from);
    }
}

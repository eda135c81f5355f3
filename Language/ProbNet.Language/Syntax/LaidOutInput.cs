using Sprache;

namespace ProbNet.Language.Syntax;

/// <summary>A position in a laid-out text, as input for Sprache; <see cref="Position"/>, <see cref="Line"/> and <see cref="Column"/> are those of the source.</summary>
internal sealed class LaidOutInput(LaidOutText text, int index, int end) : IInput
{
    private Dictionary<object, object>? _memos;

    /// <summary>The laid-out text.</summary>
    public LaidOutText Text => text;

    /// <summary>The position in it.</summary>
    public int Index => index;

    /// <summary>The laid-out characters.</summary>
    public string Source => text.Text;

    /// <inheritdoc/>
    public char Current => AtEnd ? '\0' : text.Text[index];

    /// <inheritdoc/>
    public bool AtEnd => index >= end;

    /// <inheritdoc/>
    public int Position => text.Offset(index);

    /// <inheritdoc/>
    public int Line => text.Source.Position(Position).Line;

    /// <inheritdoc/>
    public int Column => text.Source.Position(Position).Column;

    /// <inheritdoc/>
    public IDictionary<object, object> Memos => _memos ??= [];

    /// <inheritdoc/>
    public IInput Advance() => AtEnd ? throw new InvalidOperationException("The input is at its end.") : new LaidOutInput(text, index + 1, end);

    /// <summary>The position <paramref name="next"/>, past one following blank.</summary>
    public LaidOutInput SkipTo(int next) => new(text, next < end && text.Text[next] == ' ' ? next + 1 : next, end);

    /// <summary>Whether a blank, an end or a virtual character stands here.</summary>
    public bool BeforeBlank => AtEnd || Current == ' ' || Virtual.Is(Current);

    /// <summary>Whether a blank, a line or a virtual character stands right before.</summary>
    public bool AfterBlank => index == 0 || text.Text[index - 1] == ' ' || Virtual.Is(text.Text[index - 1]);

    /// <inheritdoc/>
    public bool Equals(IInput? other) => other is LaidOutInput that && that.Index == index && ReferenceEquals(that.Text, text);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IInput);

    /// <inheritdoc/>
    public override int GetHashCode() => index;
}

using System.Globalization;
using ProbNet.Graph;
using ProbNet.Language;

namespace ProbNet.Inference.Options;

/// <summary>
/// A value written for an option, as the language's text has it: <c>1e-3</c>, <c>32</c>, <c>true</c>, <c>"*.w"</c>, <c>flipout</c>,
/// <c>[1; 2]</c>, <c>adam 1e-3</c> or <c>adam { rate = 1e-3 }</c>. A closed hierarchy; equality ignores <see cref="Span"/>.
/// </summary>
public abstract record OptionValue
{
    private OptionValue() { }

    /// <summary>Where it stands in the source; none for values made in code or read from a run folder.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>The name that was written where the value is what a guide declaration stands for; else null. Ignored by equality.</summary>
    public string? Declared { get; init; }

    /// <summary>Structural equality; spans and names of declarations are ignored.</summary>
    public virtual bool Equals(OptionValue? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>A real number.</summary>
    public sealed record Number(double Value) : OptionValue
    {
        /// <inheritdoc/>
        public override string ToString() => Value.ToString("R", CultureInfo.InvariantCulture) is var s && s.AsSpan().ContainsAny(".EeN∞") ? s : s + ".0";
    }

    /// <summary>An integer; accepted where a real number is asked for.</summary>
    public sealed record Integer(long Value) : OptionValue
    {
        /// <inheritdoc/>
        public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public sealed record Boolean(bool Value) : OptionValue
    {
        /// <inheritdoc/>
        public override string ToString() => Value ? "true" : "false";
    }

    /// <summary>A string in quotes.</summary>
    public sealed record Text(string Value) : OptionValue
    {
        /// <inheritdoc/>
        public override string ToString() => $"\"{Value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
    }

    /// <summary>A list.</summary>
    public sealed record List(EqArray<OptionValue> Items) : OptionValue
    {
        /// <inheritdoc/>
        public override string ToString() => $"[{string.Join("; ", Items)}]";
    }

    /// <summary>A name, alone (an identifier such as <c>flipout</c>) or applied to arguments and a record of options.</summary>
    public sealed record Call(string Name, EqArray<OptionValue> Arguments, EqArray<NamedOption> Options) : OptionValue
    {
        /// <summary>The name alone.</summary>
        public Call(string name) : this(name, [], []) { }

        /// <inheritdoc/>
        public override string ToString()
        {
            var text = string.Join(" ", [Name, .. Arguments.Map(a => a is Call { Arguments: { IsEmpty: true }, Options: { IsEmpty: true } } or not Call ? a.ToString()! : $"({a})")]);
            return Options.IsEmpty ? text : $"{text} {{ {string.Join("; ", Options)} }}";
        }
    }

    /// <summary>What the value is, for messages: "the number 3.5", "the name 'adam'".</summary>
    public string Describe() => this switch
    {
        Number or Integer => $"the number {this}",
        Boolean => $"the truth value {this}",
        Text => $"the text {this}",
        List => $"the list {this}",
        Call { Arguments.IsEmpty: true, Options.IsEmpty: true } call => $"the name '{call.Name}'",
        _ => $"'{this}'",
    };
}

/// <summary>One <c>name = value</c>. Equality ignores <see cref="NameSpan"/>.</summary>
/// <param name="Name">The option's name.</param>
/// <param name="Value">Its value.</param>
public sealed record NamedOption(string Name, OptionValue Value)
{
    /// <summary>Where the name stands.</summary>
    public SourceSpan NameSpan { get; init; }

    /// <summary>The name that was written where the value is what a guide declaration stands for; else null. Ignored by equality.</summary>
    public string? Declared { get; init; }

    /// <summary>Structural equality; spans and names of declarations are ignored.</summary>
    public bool Equals(NamedOption? other) => other is not null && Name == other.Name && Value.Equals(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Value);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} = {Value}";
}

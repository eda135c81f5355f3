using ProbNet.Graph;
using ProbNet.Inference.Data;
using ProbNet.Language;

namespace ProbNet.Inference.Options;

/// <summary>
/// One option of a <see cref="Component"/>: its name and documentation, and how it is read from and written to the component's record. The default is
/// what a freshly made component holds.
/// </summary>
/// <param name="Name">The name in programs.</param>
/// <param name="Doc">One line: meaning, unit, and why the default.</param>
/// <param name="Expects">What a value looks like: "a number above 0", "one of shared, local, flipout".</param>
/// <param name="Get">The current value; null where the option is unset.</param>
/// <param name="Set">The component with the option set, or the diagnostics.</param>
public sealed record Option(string Name, string Doc, string Expects, Func<Component, OptionValue?> Get, Func<Component, OptionValue, Checked<Component>> Set)
{
    /// <summary>The components that a value names, where it names one; null for numbers and truth values.</summary>
    public IComponentRegistry? Choices { get; init; }

    /// <summary>A real number.</summary>
    public static Option Number<T>(string name, string doc, Interval range, Func<T, double> get, Func<T, double, T> set) where T : Component =>
        new(name, doc, $"a number {range}", c => new OptionValue.Number(get((T)c)), (c, v) => ReadNumber(name, v, range, x => set((T)c, x)));

    /// <summary>A real number that may be left out.</summary>
    public static Option OptionalNumber<T>(string name, string doc, Interval range, Func<T, double?> get, Func<T, double?, T> set) where T : Component =>
        new(name, doc, $"a number {range}", c => get((T)c) is { } x ? new OptionValue.Number(x) : null, (c, v) => ReadNumber(name, v, range, x => set((T)c, x)));

    /// <summary>An integer from <paramref name="least"/>.</summary>
    public static Option Integer<T>(string name, string doc, int least, Func<T, int> get, Func<T, int, T> set) where T : Component =>
        new(name, doc, $"an integer from {least}", c => new OptionValue.Integer(get((T)c)), (c, v) => ReadInteger(name, v, least, x => set((T)c, x)));

    /// <summary>An integer that may be left out.</summary>
    public static Option OptionalInteger<T>(string name, string doc, int least, Func<T, int?> get, Func<T, int?, T> set) where T : Component =>
        new(name, doc, $"an integer from {least}", c => get((T)c) is { } x ? new OptionValue.Integer(x) : null, (c, v) => ReadInteger(name, v, least, x => set((T)c, x)));

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static Option Boolean<T>(string name, string doc, Func<T, bool> get, Func<T, bool, T> set) where T : Component =>
        new(name, doc, "true or false", c => new OptionValue.Boolean(get((T)c)), (c, v) => v switch
        {
            OptionValue.Boolean b => set((T)c, b.Value),
            OptionValue.Call { Name: "true" or "false", Arguments.IsEmpty: true, Options.IsEmpty: true } b => set((T)c, b.Name == "true"),
            _ => Wrong(name, v, "true or false"),
        });

    /// <summary>One of some words: <c>rowFactor = diagonal</c>; the nearest is suggested for another.</summary>
    public static Option Word<T>(string name, string doc, EqArray<string> words, Func<T, string> get, Func<T, string, T> set) where T : Component
    {
        var expects = $"one of {string.Join(", ", words)}";
        return new(name, doc, expects, c => new OptionValue.Call(get((T)c)), (c, v) => v switch
        {
            { Declared: { } declared } when words.Contains(declared) => set((T)c, declared),
            OptionValue.Call { Arguments.IsEmpty: true, Options.IsEmpty: true } word when words.Contains(word.Name) => set((T)c, word.Name),
            OptionValue.Call word => new(null, [new(InferenceCodes.UnknownName, $"option '{name}' expects {expects}, not '{word.Name}'", v.Span) { Hint = Nearest.Hint(word.Name, words) }]),
            _ => Wrong(name, v, expects),
        });
    }

    /// <summary>A component chosen by name from a registry, with its own options: <c>optimizer = adam 1e-3</c>.</summary>
    public static Option Choice<T, TPart>(string name, string doc, ComponentRegistry<TPart> registry, Func<T, TPart> get, Func<T, TPart, T> set)
        where T : Component where TPart : Component =>
        new(name, doc, registry.Expects, c => get((T)c).ToValue(), (c, v) =>
        {
            var part = registry.Bind(v);
            return new(part.Value is { } value ? set((T)c, value) : null, part.Diagnostics);
        })
        { Choices = registry };

    /// <summary>The error of a value of another type.</summary>
    public static Checked<Component> Wrong(string name, OptionValue value, string expects) =>
        new(null, [new(InferenceCodes.WrongType, $"option '{name}' expects {expects}, not {value.Describe()}", value.Span)]);

    private static Checked<Component> ReadNumber(string name, OptionValue value, Interval range, Func<double, Component> set)
    {
        double? number = value switch { OptionValue.Number n => n.Value, OptionValue.Integer i => i.Value, _ => null };
        if (number is not { } x) return Wrong(name, value, $"a number {range}");
        return range.Contains(x) ? set(x) : OutOfRange(name, value, $"a number {range}");
    }

    private static Checked<Component> ReadInteger(string name, OptionValue value, int least, Func<int, Component> set)
    {
        if (value is not OptionValue.Integer i) return Wrong(name, value, $"an integer from {least}");
        return i.Value >= least && i.Value <= int.MaxValue ? set((int)i.Value) : OutOfRange(name, value, $"an integer from {least}");
    }

    private static Checked<Component> OutOfRange(string name, OptionValue value, string expects) =>
        new(null, [new(InferenceCodes.OutOfRange, $"option '{name}' expects {expects}, not {value}", value.Span)]);
}

/// <summary>A range of finite real numbers.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
/// <param name="LowIncluded">Whether the lower end belongs to it.</param>
/// <param name="HighIncluded">Whether the upper end belongs to it.</param>
public readonly record struct Interval(double Low, double High, bool LowIncluded, bool HighIncluded)
{
    /// <summary>Above 0.</summary>
    public static Interval Positive { get; } = new(0, double.PositiveInfinity, false, false);

    /// <summary>From 0.</summary>
    public static Interval NonNegative { get; } = new(0, double.PositiveInfinity, true, false);

    /// <summary>From 0 up to but not including 1.</summary>
    public static Interval Fraction { get; } = new(0, 1, true, false);

    /// <summary>Whether <paramref name="x"/> is finite and within.</summary>
    public bool Contains(double x) => double.IsFinite(x) && (x > Low || (LowIncluded && x == Low)) && (x < High || (HighIncluded && x == High));

    /// <inheritdoc/>
    public override string ToString() => (Low, High) switch
    {
        (var l, double.PositiveInfinity) => FormattableString.Invariant($"{(LowIncluded ? "from" : "above")} {l}"),
        var (l, h) => FormattableString.Invariant($"in {(LowIncluded ? "[" : "(")}{l}, {h}{(HighIncluded ? "]" : ")")}"),
    };
}

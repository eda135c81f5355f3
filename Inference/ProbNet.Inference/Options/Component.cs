using ProbNet.Graph;

namespace ProbNet.Inference.Options;

/// <summary>
/// Something that programs choose by name and set by options: a guide family, an estimator, an optimiser, a schedule, an algorithm. An immutable
/// record whose properties hold the options, so that <c>new Adam { Rate = 1e-2 }</c> in C# and <c>adam 1e-2</c> in a program are the same value.
/// </summary>
public abstract record Component
{
    /// <summary>The name in programs.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, in one line.</summary>
    public abstract string Doc { get; }

    /// <summary>The paper or book it follows.</summary>
    public abstract string Source { get; }

    /// <summary>Its options, in the order in which arguments without a name are taken.</summary>
    public virtual EqArray<Option> Options => [];

    /// <summary>The component as it would be written, with every option that is set: <c>adam { rate = 0.001; … }</c>.</summary>
    public OptionValue ToValue() => new OptionValue.Call(Name, [], Options
        .Select(o => (o.Name, Value: o.Get(this)))
        .Where(o => o.Value is not null)
        .Select(o => new NamedOption(o.Name, o.Value!))
        .ToEqArray());

    /// <summary>The component as it would be written.</summary>
    public sealed override string ToString() => ToValue().ToString()!;
}

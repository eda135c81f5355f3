using System.Collections.Immutable;
using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>The names an expression can see. Immutable; inner definitions hide outer ones.</summary>
internal sealed record Scope(ImmutableDictionary<string, Value> Names)
{
    public static readonly Scope Empty = new(ImmutableDictionary<string, Value>.Empty);

    /// <summary>Whether names may be missing because a module could not be opened, which was reported.</summary>
    public bool IsIncomplete { get; init; }

    /// <summary>Names of the program that cannot be seen here, for suggestions.</summary>
    public EqArray<string> Hidden { get; init; } = [];

    public Scope With(string name, Value value) => this with { Names = Names.SetItem(name, value) };

    public Scope WithAll(IEnumerable<KeyValuePair<string, Value>> names) => this with { Names = Names.SetItems(names) };
}

using System.Collections.Immutable;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>The names an expression can see. Immutable; inner definitions hide outer ones.</summary>
internal sealed record Scope(ImmutableDictionary<string, Value> Names)
{
    public static readonly Scope Empty = new(ImmutableDictionary<string, Value>.Empty);

    public Scope With(string name, Value value) => new(Names.SetItem(name, value));

    public Scope WithAll(IEnumerable<KeyValuePair<string, Value>> names) => new(Names.SetItems(names));
}

using System.Text;
using ProbNet.Graph;

namespace ProbNet.Language.Types;

/// <summary>
/// The size of an axis as an expression: a polynomial with integer coefficients over named dimensions, kept in normal form, so that two
/// sizes are equal for all values of the names exactly when they compare equal.
/// </summary>
public sealed class Dim : IEquatable<Dim>
{
    private readonly EqArray<Term> _terms;

    private Dim(IEnumerable<Term> terms) =>
        _terms = terms.GroupBy(t => t.Variables).Select(g => new Term(g.Key, g.Sum(t => t.Coefficient))).Where(t => t.Coefficient != 0)
            .OrderByDescending(t => t.Variables.Count).ThenBy(t => string.Join('*', t.Variables), StringComparer.Ordinal).ToEqArray();

    /// <summary>A known size.</summary>
    public static Dim Of(long size) => new([new Term([], size)]);

    /// <summary>A named dimension.</summary>
    public static Dim Named(string name) => new([new Term([name], 1)]);

    /// <summary>The size if it is known, else null.</summary>
    public long? Constant => _terms.Count switch
    {
        0 => 0,
        1 when _terms[0].Variables.IsEmpty => _terms[0].Coefficient,
        _ => null,
    };

    /// <summary>The name if the size is exactly one named dimension, else null.</summary>
    public string? Variable => _terms is [{ Coefficient: 1, Variables: [var name] }] ? name : null;

    /// <summary>The names that occur.</summary>
    public IEnumerable<string> Variables => _terms.SelectMany(t => t.Variables).Distinct();

    /// <summary>Sum.</summary>
    public static Dim operator +(Dim a, Dim b) => new([.. a._terms, .. b._terms]);

    /// <summary>Difference.</summary>
    public static Dim operator -(Dim a, Dim b) => a + Of(-1) * b;

    /// <summary>Product.</summary>
    public static Dim operator *(Dim a, Dim b) =>
        new(from s in a._terms from t in b._terms select new Term([.. s.Variables.Concat(t.Variables).Order(StringComparer.Ordinal)], s.Coefficient * t.Coefficient));

    /// <summary>The quotient where the division is exact for all values of the names, else null.</summary>
    public static Dim? Divide(Dim a, Dim b)
    {
        if (b._terms is not [var divisor]) return null;
        var quotient = new List<Term>();
        foreach (var term in a._terms)
        {
            var rest = term.Variables.ToList();
            if (term.Coefficient % divisor.Coefficient != 0 || !divisor.Variables.All(rest.Remove)) return null;
            quotient.Add(new Term(rest.ToEqArray(), term.Coefficient / divisor.Coefficient));
        }
        return new Dim(quotient);
    }

    /// <summary>The size with some names replaced by known sizes.</summary>
    public Dim Substitute(IReadOnlyDictionary<string, int> sizes) => new(_terms.Select(t => new Term(
        t.Variables.Where(v => !sizes.ContainsKey(v)).ToEqArray(),
        t.Variables.Where(sizes.ContainsKey).Aggregate(t.Coefficient, (c, v) => c * sizes[v]))));

    /// <summary>The value of the only name for which this size equals <paramref name="size"/>, where this is linear in one name; else null.</summary>
    public (string Name, long Value)? Solve(long size)
    {
        var linear = _terms.Where(t => t.Variables.Count > 0).ToList();
        if (linear is not [{ Variables: [var name] } term]) return null;
        var rest = size - _terms.Where(t => t.Variables.IsEmpty).Sum(t => t.Coefficient);
        return rest % term.Coefficient == 0 ? (name, rest / term.Coefficient) : null;
    }

    /// <inheritdoc/>
    public bool Equals(Dim? other) => other is not null && _terms == other._terms;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Dim);

    /// <inheritdoc/>
    public override int GetHashCode() => _terms.GetHashCode();

    /// <summary>As a person writes it: <c>n</c>, <c>2*n + 1</c>.</summary>
    public override string ToString()
    {
        if (_terms.IsEmpty) return "0";
        var text = new StringBuilder();
        foreach (var term in _terms)
        {
            var magnitude = Math.Abs(term.Coefficient);
            text.Append(text.Length == 0 ? term.Coefficient < 0 ? "-" : "" : term.Coefficient < 0 ? " - " : " + ");
            var factors = magnitude == 1 && !term.Variables.IsEmpty ? term.Variables.AsEnumerable() : term.Variables.Prepend(magnitude.ToString(System.Globalization.CultureInfo.InvariantCulture));
            text.AppendJoin('*', factors);
        }
        return text.ToString();
    }

    private readonly record struct Term(EqArray<string> Variables, long Coefficient);
}

/// <summary>An axis: its size, and the place in the source the size came from.</summary>
/// <param name="Size">The size; only this takes part in equality.</param>
/// <param name="From">Where the size comes from.</param>
/// <param name="Why">What stands there, e.g. <c>declared for 'x'</c>.</param>
public sealed record Axis(Dim Size, SourceSpan From, string Why)
{
    /// <summary>Whether the size is the literal 1, which broadcasts.</summary>
    public bool IsOne => Size.Constant == 1;

    /// <summary>Equality of sizes.</summary>
    public bool Equals(Axis? other) => other is not null && Size.Equals(other.Size);

    /// <inheritdoc/>
    public override int GetHashCode() => Size.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Size.ToString();
}

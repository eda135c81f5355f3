using System.Globalization;
using System.Numerics;
using System.Text;
using ProbNet.Graph;

namespace ProbNet.Language.Types;

/// <summary>
/// The size of an axis as an expression: a polynomial with integer coefficients over named dimensions and floored quotients, kept in normal form. Two
/// sizes without quotients are equal for all values of the names exactly when they compare equal; sizes with quotients that compare equal are equal.
/// </summary>
public sealed class Dim : IEquatable<Dim>
{
    private readonly EqArray<Term> _terms;

    // Sizes people write have a few terms. The bound keeps doubled and doubled again sizes from taking all time and memory.
    private const int MostParts = 500;

    private Dim(IEnumerable<Term> terms)
    {
        _terms = terms.GroupBy(t => t.Factors).Select(g => new Term(g.Key, g.Sum(t => t.Coefficient))).Where(t => t.Coefficient != 0)
            .OrderByDescending(t => t.Factors.Count).ThenBy(t => string.Join('*', t.Factors), StringComparer.Ordinal).ToEqArray();
        Parts = _terms.Sum(t => 1 + t.Factors.Sum(f => f.Parts));
        if (Parts > MostParts) throw new OverflowException($"a size has more than {MostParts} parts");
    }

    private int Parts { get; }

    /// <summary>A known size.</summary>
    public static Dim Of(long size) => new([new Term([], size)]);

    /// <summary>A named dimension.</summary>
    public static Dim Named(string name) => Of(new Factor(name, null, null));

    /// <summary>The size if it is known, else null.</summary>
    public long? Constant => _terms.Count switch
    {
        0 => 0,
        1 when _terms[0].Factors.IsEmpty => _terms[0].Coefficient,
        _ => null,
    };

    /// <summary>The name if the size is exactly one named dimension, else null.</summary>
    public string? Variable => _terms is [{ Coefficient: 1, Factors: [{ Name: { } name }] }] ? name : null;

    /// <summary>The names that occur, those inside quotients included.</summary>
    public IEnumerable<string> Variables => _terms.SelectMany(t => t.Factors).SelectMany(f => f.Names).Distinct();

    /// <summary>Sum.</summary>
    public static Dim operator +(Dim a, Dim b) => new([.. a._terms, .. b._terms]);

    /// <summary>Difference.</summary>
    public static Dim operator -(Dim a, Dim b) => a + Of(-1) * b;

    /// <summary>Product.</summary>
    public static Dim operator *(Dim a, Dim b) =>
        new(from s in a._terms from t in b._terms select new Term(Sorted(s.Factors.Concat(t.Factors)), checked(s.Coefficient * t.Coefficient)));

    /// <summary>The quotient where the division is exact for all values of the names, else null.</summary>
    public static Dim? Divide(Dim a, Dim b)
    {
        if (b._terms is not [var divisor]) return a.Equals(b) && a.Constant != 0 ? Of(1) : null;
        var quotient = new List<Term>();
        foreach (var term in a._terms)
        {
            var rest = term.Factors.ToList();
            if (term.Coefficient % divisor.Coefficient != 0 || !divisor.Factors.All(rest.Remove)) return null;
            quotient.Add(new Term(rest.ToEqArray(), term.Coefficient / divisor.Coefficient));
        }
        return new Dim(quotient);
    }

    /// <summary>
    /// The quotient rounded down, as convolutions, pools and halves of sizes need it; a quotient that is not known becomes one factor of the result.
    /// Equal for all values of the names are, for whole a, b, c with b, c above 0: (bp + q)/b = p + q/b, (gp + q)/(gb) = (p + q/g)/b and (p/b + q)/c = (p + bq)/(bc)
    /// (Graham, Knuth, Patashnik, Concrete Mathematics, 3.11); the normal form applies all three.
    /// </summary>
    /// <exception cref="DivideByZeroException">The divisor is the number 0.</exception>
    public static Dim FloorDivide(Dim a, Dim b)
    {
        if (b.Constant == 0) throw new DivideByZeroException();
        if (Divide(a, b) is { } exact) return exact;
        if (b.Constant is not { } divisor) return Of(new Factor(null, a, b));
        if (divisor < 0) (a, divisor) = (Of(-1) * a, -divisor);
        if (a.Constant is { } dividend) return Of(Floor(dividend, divisor));
        var whole = new Dim(a._terms.Where(t => !t.Factors.IsEmpty && t.Coefficient % divisor == 0).Select(t => t with { Coefficient = t.Coefficient / divisor }));
        var (parts, constant) = (a._terms.Where(t => !t.Factors.IsEmpty && t.Coefficient % divisor != 0).ToList(), a._terms.Where(t => t.Factors.IsEmpty).Sum(t => t.Coefficient));
        whole += Of(Floor(constant, divisor));
        constant -= Floor(constant, divisor) * divisor;
        if (parts.Count == 0) return whole;
        var common = parts.Aggregate(divisor, (g, t) => (long)BigInteger.GreatestCommonDivisor(g, t.Coefficient));
        if (common > 1)
        {
            var reduced = new Dim(parts.Select(t => t with { Coefficient = t.Coefficient / common })) + Of(Floor(constant, common));
            return whole + FloorDivide(reduced, Of(divisor / common));
        }
        if (parts is [{ Coefficient: 1, Factors: [{ Numerator: { } inner, Denominator.Constant: > 0 and var by }] }])
            return whole + FloorDivide(inner + Of(constant * by), Of(divisor * by));
        return whole + Of(new Factor(null, new Dim(parts) + Of(constant), Of(divisor)));
    }

    /// <summary>The size with some names replaced by known sizes; a quotient whose divisor becomes 0 stays unknown.</summary>
    public Dim Substitute(IReadOnlyDictionary<string, int> sizes) => Replace(name => sizes.TryGetValue(name, out var size) ? Of(size) : Named(name));

    /// <summary>The size with names replaced by sizes; a quotient whose divisor becomes 0 stays unknown.</summary>
    public Dim Replace(Func<string, Dim> value) => _terms.Aggregate(Of(0), (sum, term) => sum + term.Factors.Aggregate(Of(term.Coefficient), (product, factor) => product * factor.Replace(value)));

    /// <summary>The value of the only name for which this size equals <paramref name="size"/>, where this is linear in one name; else null.</summary>
    public (string Name, long Value)? Solve(long size)
    {
        if (Variables.ToList() is not [var name] || SolveFor(name, Of(size)) is not { Constant: { } value }) return null;
        return (name, value);
    }

    /// <summary>The value of a name for which this size equals another, where this is linear in the name outside quotients and the division is exact; else null.</summary>
    public Dim? SolveFor(string name, Dim size)
    {
        var parts = _terms.ToLookup(t => t.Factors.Any(f => f.Names.Contains(name)));
        if (parts[true].ToList() is not [{ Factors: var factors } term] || factors.Count(f => f.Name == name) != 1 || factors.Any(f => f.Name is null && f.Names.Contains(name))) return null;
        return Divide(size - new Dim(parts[false]), new Dim([term with { Factors = factors.Where(f => f.Name != name).ToEqArray() }]));
    }

    /// <inheritdoc/>
    public bool Equals(Dim? other) => other is not null && _terms == other._terms;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Dim);

    /// <inheritdoc/>
    public override int GetHashCode() => _terms.GetHashCode();

    /// <summary>As a person writes it: <c>n</c>, <c>2*n + 1</c>, <c>(h - 3)/2 + 1</c>.</summary>
    public override string ToString()
    {
        if (_terms.IsEmpty) return "0";
        var text = new StringBuilder();
        foreach (var term in _terms)
        {
            var magnitude = Math.Abs(term.Coefficient);
            text.Append(text.Length == 0 ? term.Coefficient < 0 ? "-" : "" : term.Coefficient < 0 ? " - " : " + ");
            var factors = term.Factors.Select(f => f.ToString());
            // In `(h/2)*3` a quotient needs no parentheses where it stands alone.
            if (term.Factors.Count > 1 || magnitude != 1) factors = term.Factors.Select(f => f.Name ?? $"({f})");
            text.AppendJoin('*', magnitude == 1 && !term.Factors.IsEmpty ? factors : factors.Prepend(magnitude.ToString(CultureInfo.InvariantCulture)));
        }
        return text.ToString();
    }

    private static Dim Of(Factor factor) => new([new Term([factor], 1)]);

    private static EqArray<Factor> Sorted(IEnumerable<Factor> factors) => factors.OrderBy(f => f.ToString(), StringComparer.Ordinal).ToEqArray();

    private static long Floor(long a, long b) => a / b - (a % b != 0 && a < 0 != b < 0 ? 1 : 0);

    private readonly record struct Term(EqArray<Factor> Factors, long Coefficient);

    // A name, or a quotient rounded down.
    private sealed record Factor(string? Name, Dim? Numerator, Dim? Denominator)
    {
        public int Parts => Name is not null ? 1 : Numerator!.Parts + Denominator!.Parts;

        public IEnumerable<string> Names => Name is not null ? [Name] : Numerator!.Variables.Concat(Denominator!.Variables);

        public Dim Replace(Func<string, Dim> value)
        {
            if (Name is not null) return value(Name);
            var (numerator, denominator) = (Numerator!.Replace(value), Denominator!.Replace(value));
            return denominator.Constant == 0 ? Of(new Factor(null, numerator, denominator)) : FloorDivide(numerator, denominator);
        }

        public override string ToString() => Name ?? $"{Operand(Numerator!)}/{Operand(Denominator!)}";

        private static string Operand(Dim dim) => dim.Constant is >= 0 || dim.Variable is not null ? dim.ToString() : $"({dim})";
    }
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

using ProbNet.Language.Distributions;

namespace ProbNet.Language.Types;

/// <summary>
/// Where the numbers of a tensor come from, where that says which values they take: a draw that is passed on, also through arithmetic that leaves it the same set of
/// values, or a function with a known range. Kept only for warnings: a tensor without one may hold anything.
/// </summary>
/// <param name="Support">The values it takes.</param>
/// <param name="EventRank">How many last axes make one value of the support.</param>
/// <param name="Maker">The family it was drawn from, or the function that computed it.</param>
/// <param name="Site">The site's name; null for a function.</param>
/// <param name="At">Where it is drawn or computed.</param>
internal sealed record ValueSource(Support Support, int EventRank, string Maker, string? Site, SourceSpan At)
{
    /// <summary>The greatest lower limit of single numbers that is known, or null.</summary>
    public double? Low { get; init; }

    /// <summary>The least upper limit of single numbers that is known, or null.</summary>
    public double? High { get; init; }

    /// <summary>Whether it is still the draw itself, not something computed from it.</summary>
    public bool IsDraw { get; init; } = true;

    /// <summary>The last part of the site's name, as it is bound in its block.</summary>
    public string? Binding => Site?[(Site.LastIndexOf('.') + 1)..];

    /// <summary>Whether all reals, of both signs and any size, are possible.</summary>
    public bool IsReal => Support is Support.Real or Support.RealVector or Support.Ordered;

    /// <summary>Whether the numbers are probabilities.</summary>
    public bool IsProbability => Support is Support.UnitInterval or Support.Probability or Support.Simplex;

    /// <summary>What a draw from a distribution is known to be.</summary>
    public static ValueSource Of(string site, DistributionType distribution, SourceSpan at)
    {
        double? Literal(string name)
        {
            for (var i = 0; i < distribution.Literals.Count; i++)
            {
                if (distribution.Family.Parameters[i].Name == name) return distribution.Literals[i];
            }
            return null;
        }
        var (low, high) = Limits(distribution.Family.Support, Literal);
        return new(distribution.Family.Support, distribution.Event.Count, distribution.Family.Name, site, at) { Low = low, High = high };
    }

    /// <summary>The result of a function with a known range.</summary>
    public static ValueSource Computed(string function, Support support, int eventRank, SourceSpan at)
    {
        var (low, high) = Limits(support, _ => null);
        return new(support, eventRank, function, null, at) { Low = low, High = high, IsDraw = false };
    }

    /// <summary>What is known of each number alone.</summary>
    public ValueSource? Elements => EventRank == 0 ? this : Support switch
    {
        Support.RealVector or Support.Ordered => this with { Support = new Support.Real(), EventRank = 0 },
        Support.Simplex => this with { Support = new Support.Probability(), EventRank = 0 },
        _ => null,
    };

    private static (double? Low, double? High) Limits(Support support, Func<string, double?> literal) => support switch
    {
        Support.Real or Support.RealVector or Support.Ordered => (double.NegativeInfinity, double.PositiveInfinity),
        Support.Positive or Support.NonNegative or Support.Count or Support.CountUpTo => (0, double.PositiveInfinity),
        Support.UnitInterval or Support.Probability or Support.Simplex or Support.Binary => (0, 1),
        Support.Interval(var low, var high) => (low.In(literal), high.In(literal)),
        Support.Above(var low) => (low.In(literal), double.PositiveInfinity),
        Support.AtLeast(var low) => (low.In(literal), double.PositiveInfinity),
        Support.AtMost(var high) => (double.NegativeInfinity, high.In(literal)),
        _ => (null, null),
    };
}

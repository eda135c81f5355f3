using ProbNet.Graph;

namespace ProbNet.Inference.Enumeration;

/// <summary>The posterior probabilities of the labels of summed-out sites, averaged over posterior draws of all other latent values.</summary>
/// <param name="Rows">The number of data rows.</param>
/// <param name="Draws">The number of draws averaged.</param>
/// <param name="Sites">The sites, in model order.</param>
public sealed record Memberships(int Rows, int Draws, EqArray<SiteMembership> Sites)
{
    /// <summary>The site of this name.</summary>
    /// <exception cref="KeyNotFoundException">It was not summed out.</exception>
    public SiteMembership this[string site] => Sites.FirstOrDefault(s => s.Site == site) ?? throw new KeyNotFoundException($"the site '{site}' was not summed out");
}

/// <summary>The posterior probabilities of one site's labels.</summary>
/// <param name="Site">Its name.</param>
/// <param name="Labels">The number of labels, k.</param>
/// <param name="Elements">The shape of its elements; where <paramref name="PerRow"/> the leading axis counts data rows.</param>
/// <param name="PerRow">Whether each data row has elements of its own.</param>
/// <param name="Probabilities">p(element = label | data), elements in row-major order, the label varying fastest.</param>
public sealed record SiteMembership(string Site, int Labels, Shape Elements, bool PerRow, EqArray<double> Probabilities)
{
    /// <summary>The probabilities of one element's labels.</summary>
    public ReadOnlySpan<double> Of(int element) => Probabilities.AsSpan().Slice(element * Labels, Labels);

    /// <summary>The most probable label of an element, the smallest of several.</summary>
    public int Label(int element)
    {
        var own = Of(element);
        var best = 0;
        for (var k = 1; k < Labels; k++)
        {
            if (own[k] > own[best]) best = k;
        }
        return best;
    }
}

using ProbNet.Graph;
using ProbNet.Inference.Estimators;

namespace ProbNet.Inference.Enumeration;

/// <summary>
/// Follows the elements of a discrete site through the terms that depend on it: for each axis of the site which axis of each term carries it, so that position i
/// of the term depends on element i alone; or where elements meet.
/// </summary>
/// <remarks>The rules are those by which data rows are followed (<see cref="RowRules"/>), one axis of the site after the other.</remarks>
internal sealed record Elements
{
    private Elements(EqArray<AxisStatus> axes) => Axes = axes;

    /// <summary>What became of each axis of the site's elements.</summary>
    public EqArray<AxisStatus> Axes { get; }

    /// <summary>The axes of a term that carry some axes of the site, those of size 1 left out.</summary>
    public int[] AxesOf(int term, IEnumerable<int> axes) => [.. axes.Select(a => Axes[a].At).Where(at => at.Count > 0).Select(at => at[term])];

    /// <summary>Follows a site through terms.</summary>
    /// <param name="site">The site.</param>
    /// <param name="terms">The terms, all of which depend on it.</param>
    /// <param name="nodes">The nodes of the terms that depend on the site, operands before users.</param>
    /// <param name="shifts">Uses of the step before, which count as belonging to the step.</param>
    public static Elements Of(DiscreteSite site, IReadOnlyList<Tensor> terms, IReadOnlyList<Tensor> nodes, IReadOnlyList<Tensor> shifts)
    {
        var axes = new List<AxisStatus>();
        for (var axis = 0; axis < site.Elements.Rank; axis++)
        {
            // A single element meets no other.
            var status = site.Elements[axis] == 1 ? new AxisStatus([], null) : Follow(site, axis, nodes, terms, axis == 0 ? shifts : []);
            var isTaken = status.Where is null && axes.Any(a => a.Where is null && a.At.Zip(status.At).Any(p => p.First == p.Second));
            axes.Add(isTaken ? new([], new RowStatus.Mixed(terms[0], "puts two axes of elements on one")) : status);
        }
        return new(axes.ToEqArray());
    }

    private static AxisStatus Follow(DiscreteSite site, int axis, IReadOnlyList<Tensor> nodes, IReadOnlyList<Tensor> terms, IReadOnlyList<Tensor> shifts)
    {
        var known = new Dictionary<Tensor, RowStatus>(ReferenceEqualityComparer.Instance) { [site.Hole] = RowStatus.Along(axis) };
        foreach (var shift in shifts) known[shift] = RowStatus.Along(0);
        foreach (var node in nodes)
        {
            if (known.ContainsKey(node)) continue;
            known[node] = RowRules.Apply(node, [.. node.Inputs.Select(i => known.GetValueOrDefault(i, RowStatus.Independent))]);
        }
        var at = new int[terms.Count];
        for (var i = 0; i < at.Length; i++)
        {
            switch (known[terms[i]])
            {
                case RowStatus.Row row: at[i] = row.Axis; break;
                case RowStatus.Mixed mixed: return new([], mixed);
                default: throw new System.Diagnostics.UnreachableException("a term that depends on a site carries its elements or mixes them");
            }
        }
        return new(at.ToEqArray(), null);
    }
}

/// <summary>What became of an axis of a site's elements.</summary>
/// <param name="At">The axis of each term that carries it; empty if it has one element or elements meet.</param>
/// <param name="Where">Where elements meet, or null if they stay apart.</param>
internal sealed record AxisStatus(EqArray<int> At, RowStatus.Mixed? Where);

using System.Collections;
using System.Runtime.CompilerServices;

namespace ProbNet.Graph;

/// <summary>The static sizes of a tensor's axes, outermost first; <c>[]</c> is a scalar. Compares by value.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    private readonly int[]? _dims;

    private Shape(int[] dims) => _dims = dims;

    private int[] Dims => _dims ?? [];

    /// <summary>The scalar shape.</summary>
    public static Shape Scalar => default;

    /// <summary>The shape with these axis sizes.</summary>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    /// <exception cref="OverflowException">The element count passes 2^31 - 1.</exception>
    public static Shape Create(ReadOnlySpan<int> dims)
    {
        long count = 1;
        foreach (var d in dims)
        {
            if (d < 0) throw new ArgumentException($"axis size {d} is negative", nameof(dims));
            count *= d;
            if (count > int.MaxValue) throw new OverflowException($"the shape [{string.Join(", ", dims.ToArray())}] has more than 2^31 - 1 elements");
        }
        return new Shape(dims.ToArray());
    }

    /// <summary>The number of axes.</summary>
    public int Rank => Dims.Length;

    /// <summary>The number of axes (for collection patterns).</summary>
    public int Count => Dims.Length;

    /// <summary>The number of axes (for list patterns).</summary>
    public int Length => Dims.Length;

    /// <summary>The size of an axis; negative indices count from the last axis.</summary>
    public int this[int axis] => Dims[axis < 0 ? axis + Dims.Length : axis];

    /// <summary>The number of elements.</summary>
    public int Size
    {
        get
        {
            var n = 1;
            foreach (var d in Dims) n *= d;
            return n;
        }
    }

    /// <summary>Row-major strides, in elements.</summary>
    public int[] Strides()
    {
        var strides = new int[Rank];
        for (int axis = Rank - 1, step = 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= Dims[axis];
        }
        return strides;
    }

    /// <summary>The axes as a span.</summary>
    public ReadOnlySpan<int> AsSpan() => Dims;

    /// <summary>The sub-shape of <paramref name="length"/> axes from <paramref name="start"/> (enables range indexing).</summary>
    public Shape Slice(int start, int length) => new(Dims.AsSpan(start, length).ToArray());

    /// <summary>This shape's axes followed by those of <paramref name="tail"/>.</summary>
    public Shape Concat(Shape tail) => new([.. Dims, .. tail.Dims]);

    /// <summary>This shape with a new outermost axis.</summary>
    public Shape Prepend(int size) => new([size, .. Dims]);

    /// <summary>This shape without the given axes.</summary>
    public Shape Without(ReadOnlySpan<int> axes)
    {
        var kept = new List<int>();
        for (var i = 0; i < Rank; i++)
        {
            if (axes.IndexOf(i) < 0) kept.Add(Dims[i]);
        }
        return new([.. kept]);
    }

    /// <summary>This shape with one axis resized.</summary>
    public Shape With(int axis, int size)
    {
        var copy = Dims.AsSpan().ToArray();
        copy[axis] = size;
        return new(copy);
    }

    /// <summary>The common shape of two operands under right-aligned broadcasting, or null where an axis pair differs and neither is 1.</summary>
    public static Shape? Broadcast(Shape a, Shape b)
    {
        var rank = Math.Max(a.Rank, b.Rank);
        var dims = new int[rank];
        for (var i = 1; i <= rank; i++)
        {
            int x = i <= a.Rank ? a[^i] : 1, y = i <= b.Rank ? b[^i] : 1;
            if (x != y && x != 1 && y != 1) return null;
            dims[rank - i] = x == 1 ? y : x;
        }
        return new Shape(dims);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Dims.AsSpan().SequenceEqual(other.Dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var d in Dims) hash.Add(d);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Dims.GetEnumerator();

    /// <summary>Whether two shapes have the same axes.</summary>
    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <inheritdoc/>
    public override string ToString() => "[" + string.Join(", ", Dims) + "]";
}

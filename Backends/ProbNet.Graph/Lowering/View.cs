namespace ProbNet.Graph;

/// <summary>Elements of a definition seen through offset and strides (in elements; 0 repeats).</summary>
internal sealed record View(Def Def, int Offset, int[] Dims, int[] Strides)
{
    public int Size => Views.Product(Dims);

    public int Rank => Dims.Length;

    /// <summary>All of a definition under the shape <paramref name="dims"/>.</summary>
    public static View Whole(Def def, int[] dims) => new(def, 0, dims, Views.RowMajor(dims));

    /// <summary>Whether the elements are adjacent and in order.</summary>
    public bool IsDense
    {
        get
        {
            if (Size <= 1) return true;
            var step = 1;
            for (var axis = Rank - 1; axis >= 0; axis--)
            {
                if (Dims[axis] == 1) continue;
                if (Strides[axis] != step) return false;
                step *= Dims[axis];
            }
            return true;
        }
    }

    /// <summary>Whether this is exactly the definition, element for element.</summary>
    public bool IsIdentity => Offset == 0 && Size == Def.Size && IsDense;

    /// <summary>Whether all elements are one.</summary>
    public bool IsScalar
    {
        get
        {
            for (var axis = 0; axis < Rank; axis++)
            {
                if (Dims[axis] != 1 && Strides[axis] != 0) return false;
            }
            return true;
        }
    }

    public View Broadcast(int[] dims)
    {
        var strides = new int[dims.Length];
        for (var i = 1; i <= Rank; i++) strides[^i] = Dims[^i] == 1 ? 0 : Strides[^i];
        return this with { Dims = dims, Strides = strides };
    }

    public View Transpose(ReadOnlySpan<int> permutation)
    {
        int[] dims = new int[Rank], strides = new int[Rank];
        for (var i = 0; i < Rank; i++) (dims[i], strides[i]) = (Dims[permutation[i]], Strides[permutation[i]]);
        return this with { Dims = dims, Strides = strides };
    }

    public View Slice(ReadOnlySpan<int> start, ReadOnlySpan<int> stop)
    {
        var dims = new int[Rank];
        var offset = Offset;
        for (var i = 0; i < Rank; i++)
        {
            dims[i] = stop[i] - start[i];
            offset += start[i] * Strides[i];
        }
        return this with { Offset = Views.Product(dims) == 0 ? 0 : offset, Dims = dims };
    }

    /// <summary>Only the listed axes; the others must be of size 1 or repeat.</summary>
    public View Keep(IReadOnlyList<int> axes) => this with { Dims = [.. axes.Select(a => Dims[a])], Strides = [.. axes.Select(a => Strides[a])] };

    /// <summary>The same elements under another shape, or null where that needs a copy.</summary>
    public View? Reshape(int[] dims)
    {
        if (Size == 0) return this with { Offset = 0, Dims = dims, Strides = new int[dims.Length] };
        var (from, steps) = Merged();
        var strides = new int[dims.Length];
        var part = from.Count - 1;
        var left = part < 0 ? 1 : from[part];
        var step = part < 0 ? 0 : steps[part];
        for (var axis = dims.Length - 1; axis >= 0; axis--)
        {
            if (dims[axis] == 1) continue;
            if (left == 1)
            {
                part--;
                (left, step) = (from[part], steps[part]);
            }
            if (left % dims[axis] != 0) return null;
            strides[axis] = step;
            left /= dims[axis];
            step *= dims[axis];
        }
        return this with { Dims = dims, Strides = strides };
    }

    /// <summary>Sizes and strides with axes of size 1 dropped and neighbours joined where one stride serves both; empty for one element.</summary>
    public (List<int> Dims, List<int> Strides) Merged()
    {
        List<int> dims = [], strides = [];
        for (var axis = Rank - 1; axis >= 0; axis--)
        {
            if (Dims[axis] == 1) continue;
            if (dims.Count > 0 && Strides[axis] == strides[0] * dims[0])
            {
                dims[0] *= Dims[axis];
            }
            else
            {
                dims.Insert(0, Dims[axis]);
                strides.Insert(0, Strides[axis]);
            }
        }
        return (dims, strides);
    }

    /// <summary>
    /// The strides of a step down a row and along a column when the elements are seen as rows of <paramref name="columns"/>, or null where no two strides
    /// describe them.
    /// </summary>
    public (int Row, int Column)? AsRows(int columns)
    {
        var rows = columns == 0 ? 0 : Size / columns;
        return Reshape([rows, columns]) is { } two ? (rows == 1 ? 0 : two.Strides[0], columns == 1 ? 0 : two.Strides[1]) : null;
    }

    /// <summary>Whether two views show the same elements in the same order.</summary>
    public bool Same(View other) =>
        ReferenceEquals(Def, other.Def) && Offset == other.Offset && Dims.AsSpan().SequenceEqual(other.Dims) && Strides.AsSpan().SequenceEqual(other.Strides);
}

/// <summary>Arithmetic of axis sizes.</summary>
internal static class Views
{
    public static int Product(ReadOnlySpan<int> dims)
    {
        var product = 1;
        foreach (var d in dims) product *= d;
        return product;
    }

    public static int[] RowMajor(int[] dims)
    {
        var strides = new int[dims.Length];
        for (int axis = dims.Length - 1, step = 1; axis >= 0; axis--)
        {
            strides[axis] = step;
            step *= dims[axis];
        }
        return strides;
    }

    public static int[] Array(this Shape shape) => shape.AsSpan().ToArray();
}

namespace ProbNet.Graph;

/// <summary>
/// How a matrix product uses windows as its left operand: each of its matrices is a run of whole images' windows, one window a row, or one a column where
/// <paramref name="Transposed"/>.
/// </summary>
/// <param name="Transposed">Whether the windows are the columns, as in the gradient of a kernel.</param>
/// <param name="Images">Images a matrix.</param>
/// <param name="First">The first image of the first matrix.</param>
/// <param name="Steps">Sizes of the batch axes, outermost first, and by how many images each steps.</param>
internal sealed record WindowUse(bool Transposed, int Images, int First, (int Size, int Images)[] Steps)
{
    /// <summary>Whether the images are the channels of others, each with a kernel of its own.</summary>
    public bool IsDepthwise { get; init; }

    /// <summary>Whether the matrices are the images one by one and in order.</summary>
    public bool IsInOrder
    {
        get
        {
            var step = 1;
            for (var axis = Steps.Length - 1; axis >= 0; axis--)
            {
                if (Steps[axis].Size == 1) continue;
                if (Steps[axis].Images != step) return false;
                step *= Steps[axis].Size;
            }
            return Images == 1 && First == 0;
        }
    }

    /// <summary>The use that a view of windows is, or null where it does not run over whole images in order.</summary>
    /// <param name="view">A view of a definition that holds the windows densely.</param>
    /// <param name="windows">Windows an image.</param>
    /// <param name="width">Elements a window.</param>
    public static WindowUse? Of(View view, int windows, int width)
    {
        if (view.Rank < 2) return null;
        var transposed = view.Dims[^2] == width && Steps1(view, ^2) && Next(view, ^1);
        if (!transposed && !(view.Dims[^1] == width && Steps1(view, ^1) && Next(view, ^2))) return null;
        var (count, image) = (transposed ? view.Dims[^1] : view.Dims[^2], windows * width);
        if (count % windows != 0 || view.Offset % image != 0) return null;
        var steps = new (int, int)[view.Rank - 2];
        for (var axis = 0; axis < steps.Length; axis++)
        {
            if (view.Dims[axis] > 1 && view.Strides[axis] % image != 0) return null;
            steps[axis] = (view.Dims[axis], view.Dims[axis] > 1 ? view.Strides[axis] / image : 0);
        }
        return new(transposed, count / windows, view.Offset / image, steps);

        static bool Steps1(View v, Index axis) => v.Dims[axis] == 1 || v.Strides[axis] == 1;

        bool Next(View v, Index axis) => v.Dims[axis] == 1 || v.Strides[axis] == width;
    }
}

/// <summary>Finds the windows that need not be written to memory, because all they are used for is matrix products that can read the image instead.</summary>
internal static class WindowFusion
{
    public static HashSet<Tensor> Find(TensorGraph graph, Func<WindowUse, bool> takes)
    {
        var found = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        if (!graph.Nodes.Any(n => n.Op == OpCode.Unfold)) return found;
        var (users, outputs) = (Users(graph), graph.Outputs.Select(o => o.Value).ToHashSet(ReferenceEqualityComparer.Instance));
        foreach (var node in graph.Nodes)
        {
            if (node.Op == OpCode.Unfold && node.Shape.Size > 0 && OnlyProducts(node, Virtual(node, []))) found.Add(node);
        }
        return found;

        bool OnlyProducts(Tensor node, View view)
        {
            if (outputs.Contains(node) || !users.TryGetValue(node, out var all)) return false;
            return all.TrueForAll(user => user.Op switch
            {
                OpCode.Reshape => view.Reshape(user.Shape.Array()) is { } shaped && OnlyProducts(user, shaped),
                OpCode.Transpose => OnlyProducts(user, view.Transpose(((Attributes.Axes)user.Attributes).Value.AsSpan())),
                OpCode.Broadcast => OnlyProducts(user, view.Broadcast(user.Shape.Array())),
                OpCode.MatMul => ReferenceEquals(user.Inputs[0], node) && !ReferenceEquals(user.Inputs[1], node) && Use(view) is { } use && takes(use),
                _ => false,
            });
        }
    }

    /// <summary>
    /// Products whose results need not be written to memory, because all they are used for is to be added back onto images: whole images' windows, one a row.
    /// </summary>
    public static HashSet<Tensor> Folded(TensorGraph graph, Func<Tensor, Tensor, bool> takes)
    {
        var found = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        if (!graph.Nodes.Any(n => n.Op == OpCode.Fold)) return found;
        var (users, outputs) = (Users(graph), graph.Outputs.Select(o => o.Value).ToHashSet(ReferenceEqualityComparer.Instance));
        foreach (var fold in graph.Nodes)
        {
            if (fold.Op != OpCode.Fold || fold.Shape.Size == 0) continue;
            var product = fold.Inputs[0];
            while (product.Op == OpCode.Reshape && IsUsedOnce(product)) product = product.Inputs[0];
            if (product.Op != OpCode.MatMul || !IsUsedOnce(product)) continue;
            var windows = fold.Inputs[0].Shape[^3] * fold.Inputs[0].Shape[^2];
            if (product.Shape[^1] == fold.Inputs[0].Shape[^1] && product.Shape[^2] % windows == 0 && product.Inputs[0].Shape[^1] > 0 && !ReadsWindows(product.Inputs[0]) && takes(fold, product)) found.Add(product);
        }
        return found;

        bool IsUsedOnce(Tensor node) => users[node].Count == 1 && !outputs.Contains(node);

        // Such a product may become one that reads an image itself.
        static bool ReadsWindows(Tensor node)
        {
            while (node.Op is OpCode.Reshape or OpCode.Transpose or OpCode.Broadcast) node = node.Inputs[0];
            return node.Op == OpCode.Unfold;
        }
    }

    private static Dictionary<Tensor, List<Tensor>> Users(TensorGraph graph)
    {
        var users = new Dictionary<Tensor, List<Tensor>>(ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Nodes)
        {
            foreach (var operand in node.Inputs.Distinct())
            {
                if (!users.TryGetValue(operand, out var list)) users[operand] = list = [];
                list.Add(node);
            }
        }
        return users;
    }

    /// <summary>The view of windows that are not in memory: of a definition outside the plan that holds them densely.</summary>
    public static View Virtual(Tensor unfold, View[] image)
    {
        var dims = unfold.Shape.Array();
        return View.Whole(new Def(-1, DefKind.Kernel, OpCode.Unfold, unfold.DType, dims, image, unfold), dims);
    }

    /// <summary>The use that a product makes of a view of windows that are not in memory.</summary>
    public static WindowUse? Use(View view)
    {
        var shape = view.Def.Node!.Shape;
        return WindowUse.Of(view, shape[^3] * shape[^2], shape[^1]);
    }
}

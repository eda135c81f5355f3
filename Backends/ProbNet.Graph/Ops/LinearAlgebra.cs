using static ProbNet.Graph.Composite;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Graph;

/// <summary>Rows of the matrix product, the Cholesky factorisation and the triangular solve. Leading axes are a batch.</summary>
internal static class LinearAlgebra
{
    public static OpRule[] Rows => [MatMulRow, CholeskyRow, SolveRow];

    private static OpRule MatMulRow => new()
    {
        Op = OpCode.MatMul,
        Kind = OpKind.LinearAlgebra,
        Infer = static (x, _) =>
        {
            Require.Arity(OpCode.MatMul, x, 2);
            var (a, b) = (x[0], x[1]);
            Require.Type(OpCode.MatMul, a, a.DType.IsFloat());
            Require.SameType(OpCode.MatMul, a, b);
            Require.That(OpCode.MatMul, a.Rank >= 2 && a.Rank == b.Rank && a.Shape[..^2] == b.Shape[..^2] && a.Shape[^1] == b.Shape[^2],
                $"shapes {a.Shape} and {b.Shape} do not multiply");
            return new(a.DType, a.Shape[..^1].Concat([b.Shape[^1]]));
        },
        Evaluate = static (node, x) =>
        {
            int m = node.Shape[^2], n = node.Shape[^1], k = x[0].Shape[^1];
            double[] a = x[0].ToDoubles(), b = x[1].ToDoubles(), result = new double[node.Shape.Size];
            for (var i = 0; i < result.Length; i++)
            {
                var (matrix, row, column) = (i / (m * n), i / n % m, i % n);
                for (var j = 0; j < k; j++) result[i] += a[(matrix * m + row) * k + j] * b[(matrix * k + j) * n + column];
            }
            return HostTensor.FromDoubles(node.DType, node.Shape, result);
        },
        Vjp = static (node, g) => [MatMul(g, TransposeLast(node.Inputs[1])), MatMul(TransposeLast(node.Inputs[0]), g)],
        Batch = static (node, operands, batched, size) =>
            node.Rank == 2 && !batched[1] ? FoldRows(operands[0], operands[1]) : Batching.Leading(node, operands, batched, size),
        Simplify = static node =>
        {
            var (a, b) = (node.Inputs[0], node.Inputs[1]);
            if (node.Rank == 2 || b.Op != OpCode.Broadcast) return null;
            // One right operand for every member of the batch: the members' rows form one tall matrix.
            var shared = b.Inputs[0];
            return shared.Rank >= 2 && shared.Shape[..^2].Size == 1 && shared.Shape[^2..] == b.Shape[^2..] ? FoldRows(a, Reshape(shared, shared.Shape[^2..])) : null;
        },
        Samples = static type =>
        [
            new([Elementwise.Cycle(type, [2, 3], 1.5, -2, 7, 0.1), Elementwise.Cycle(type, [3, 5], 0.3, -1.1, 2)], Attributes.None.Value),
            new([Elementwise.Cycle(type, [2, 3, 5], 1.5, -2, 7, 0.1), Elementwise.Cycle(type, [2, 5, 7], 0.3, -1.1, 2)], Attributes.None.Value),
            new([Elementwise.Cycle(type, [2, 3, 1, 5], 1.5, -2, 7, 0.1), Elementwise.Cycle(type, [2, 3, 5, 1], 0.3, -1.1, 2)], Attributes.None.Value),
            new([Elementwise.Cycle(type, [2, 0], 1), Elementwise.Cycle(type, [0, 3], 1)], Attributes.None.Value, false),
            new([Elementwise.Cycle(type, [2, 2], 1, double.PositiveInfinity, 0, 1), Elementwise.Cycle(type, [2, 2], 1, 0, 0, double.NaN)], Attributes.None.Value, false),
        ],
    };

    // A matrix that is not positive definite gives NaN in its whole lower triangle; the upper triangle of the result is zero, that of the operand not read.
    private static OpRule CholeskyRow => new()
    {
        Op = OpCode.Cholesky,
        Kind = OpKind.LinearAlgebra,
        Infer = static (x, _) =>
        {
            Require.Arity(OpCode.Cholesky, x, 1);
            Require.Type(OpCode.Cholesky, x[0], x[0].DType.IsFloat());
            Require.That(OpCode.Cholesky, x[0].Rank >= 2 && x[0].Shape[^1] == x[0].Shape[^2], $"shape {x[0].Shape} is not a square matrix");
            return new(x[0].DType, x[0].Shape);
        },
        Evaluate = static (node, x) =>
        {
            var n = node.Shape[^1];
            double[] a = x[0].ToDoubles(), result = new double[a.Length];
            for (var start = 0; start < a.Length; start += n * n) Factor(a.AsSpan(start, n * n), result.AsSpan(start, n * n), n);
            return HostTensor.FromDoubles(node.DType, node.Shape, result);
        },
        // With L the result and G its cotangent: S = L^-T Phi(L^T G) L^-1, Phi taking the lower triangle and halving the diagonal; the operand's lower
        // triangle receives S + S^T, its diagonal S. Source: I. Murray, Differentiation of the Cholesky decomposition (2016), equation 10.
        Vjp = static (node, g) =>
        {
            var product = MatMul(TransposeLast(node), LowerTriangle(g));
            var phi = HalfDiagonal(LowerTriangle(product));
            var left = TriangularSolve(node, phi, transposed: true);
            var s = TransposeLast(TriangularSolve(node, TransposeLast(left), transposed: true));
            return [HalfDiagonal(LowerTriangle(s + TransposeLast(s)))];
        },
        Batch = Batching.Leading,
        Samples = static type =>
        [
            new([HostTensor.FromDoubles(type, [3, 3], [4, 1, -0.5, 1, 3, 0.7, -0.5, 0.7, 2])], Attributes.None.Value),
            new([HostTensor.FromDoubles(type, [2, 2, 2], [4, 99, 1, 3, 0.5, 99, -0.2, 7])], Attributes.None.Value),
            new([HostTensor.FromDoubles(type, [1, 1], [2.5])], Attributes.None.Value),
            new([HostTensor.FromDoubles(type, [2, 2, 2], [1, 2, 2, 1, 9, 0, 3, 10])], Attributes.None.Value, false),
            new([HostTensor.FromDoubles(type, [3, 0, 0], [])], Attributes.None.Value, false),
        ],
        ToleranceUlps = 256,
    };

    private static OpRule SolveRow => new()
    {
        Op = OpCode.TriangularSolve,
        Kind = OpKind.LinearAlgebra,
        Infer = static (x, a) =>
        {
            Require.Attribute<Attributes.Triangle>(OpCode.TriangularSolve, a);
            Require.Arity(OpCode.TriangularSolve, x, 2);
            var (lower, b) = (x[0], x[1]);
            Require.Type(OpCode.TriangularSolve, lower, lower.DType.IsFloat());
            Require.SameType(OpCode.TriangularSolve, lower, b);
            Require.That(OpCode.TriangularSolve,
                lower.Rank >= 2 && lower.Shape[^1] == lower.Shape[^2] && b.Rank == lower.Rank && b.Shape[..^2] == lower.Shape[..^2] && b.Shape[^2] == lower.Shape[^1],
                $"shapes {lower.Shape} and {b.Shape} do not form a triangular system");
            return new(b.DType, b.Shape);
        },
        Evaluate = static (node, x) =>
        {
            int m = node.Shape[^2], n = node.Shape[^1];
            var transposed = Transposed(node);
            double[] lower = x[0].ToDoubles(), result = x[1].ToDoubles();
            for (var matrix = 0; matrix < result.Length / Math.Max(m * n, 1); matrix++)
                Solve(lower.AsSpan(matrix * m * m, m * m), result.AsSpan(matrix * m * n, m * n), m, n, transposed);
            return HostTensor.FromDoubles(node.DType, node.Shape, result);
        },
        // x = A^-1 b with A = L or L^T: the cotangent of b is h = A^-T g, that of A is -h x^T. Source: M. Giles, Collected matrix derivative results (2008), 2.3.1.
        Vjp = static (node, g) =>
        {
            var h = TriangularSolve(node.Inputs[0], g, !Transposed(node));
            var outer = Transposed(node) ? MatMul(node, TransposeLast(h)) : MatMul(h, TransposeLast(node));
            return [LowerTriangle(-outer), h];
        },
        Batch = Batching.Leading,
        Samples = static type =>
        [
            .. from transposed in new[] { false, true }
               from sample in new OpSample[]
               {
                   System(type, [3, 3], [2, 9, 9, 1, -3, 9, 0.5, 0.7, 1.5], [3, 5], transposed),
                   System(type, [2, 2, 2], [2, 9, 1, -3, 0.5, 9, 0.7, 1.5], [2, 2, 1], transposed),
                   System(type, [2, 2], [0, 9, 1, 3], [2, 1], transposed) with { Differentiable = false },
               }
               select sample,
        ],
        ToleranceUlps = 256,
    };

    /// <summary>Whether a transpose exchanges the last two axes and keeps the others.</summary>
    internal static bool SwapsLastTwo(Tensor transpose)
    {
        var axes = ((Attributes.Axes)transpose.Attributes).Value;
        var rank = axes.Count;
        return rank >= 2 && axes[rank - 1] == rank - 2 && axes[rank - 2] == rank - 1 && Match.IsIdentity(axes[..^2]);
    }

    /// <summary>[…, m, k] times one [k, n]: […·m, k] times [k, n].</summary>
    private static Tensor FoldRows(Tensor a, Tensor b) =>
        Reshape(MatMul(Reshape(a, [a.Shape[..^1].Size, a.Shape[^1]]), b), a.Shape[..^1].Concat([b.Shape[^1]]));

    private static OpSample System(DType type, Shape matrix, double[] lower, Shape right, bool transposed) =>
        new([HostTensor.FromDoubles(type, matrix, lower), Elementwise.Cycle(type, right, 1.5, -2, 7, 0.1)], new Attributes.Triangle(transposed));

    private static bool Transposed(Tensor node) => ((Attributes.Triangle)node.Attributes).Transposed;

    private static Tensor HalfDiagonal(Tensor x) => Select(Equal(Iota(x.Shape, -1), Iota(x.Shape, -2)), x * 0.5, x);

    private static void Factor(ReadOnlySpan<double> a, Span<double> l, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var rest = a[i * n + j];
                for (var k = 0; k < j; k++) rest -= l[i * n + k] * l[j * n + k];
                l[i * n + j] = i == j ? Math.Sqrt(rest) : rest / l[j * n + j];
                if (i != j || rest > 0) continue;
                for (var row = 0; row < n; row++) l.Slice(row * n, row + 1).Fill(double.NaN);
                return;
            }
        }
    }

    private static void Solve(ReadOnlySpan<double> lower, Span<double> x, int m, int n, bool transposed)
    {
        for (var step = 0; step < m; step++)
        {
            var i = transposed ? m - 1 - step : step;
            for (var column = 0; column < n; column++)
            {
                var rest = x[i * n + column];
                var (from, to) = transposed ? (i + 1, m) : (0, i);
                for (var j = from; j < to; j++) rest -= (transposed ? lower[j * m + i] : lower[i * m + j]) * x[j * n + column];
                x[i * n + column] = rest / lower[i * m + i];
            }
        }
    }
}

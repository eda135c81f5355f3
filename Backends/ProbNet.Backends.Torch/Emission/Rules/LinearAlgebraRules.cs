using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Products, factorisations and solves.</summary>
internal static class LinearAlgebraRules
{
    public static EmitRule[] Rows =>
    [
        new(OpCode.MatMul, static (node, x, _) => node.Rank switch
        {
            2 => $"torch.mm({x[0]}, {x[1]})",
            3 => $"torch.bmm({x[0]}, {x[1]})",
            _ => $"torch.matmul({x[0]}, {x[1]})",
        }),
        new(OpCode.Cholesky, static (_, x, script) => $"{script.Function("cholesky")}({x[0]})"),
        new(OpCode.TriangularSolve, static (node, x, _) => ((Attributes.Triangle)node.Attributes).Transposed
            ? $"torch.transpose({x[0]}, -2, -1).linalg_solve_triangular({x[1]}, upper=True)"
            : $"{x[0]}.linalg_solve_triangular({x[1]}, upper=False)"),
    ];
}

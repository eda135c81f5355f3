using ProbNet.Graph;

namespace ProbNet.Inference.Curvature;

/// <summary>Gathers the likelihood's part of all blocks: one walk over the rows, chunk by chunk, and for each chunk over the outputs of a row.</summary>
internal static class LikelihoodCurvature
{
    /// <summary>Adds J^T Λ J of all observed sites to the blocks.</summary>
    /// <param name="point">Where.</param>
    /// <param name="plan">The plan that the blocks were made by.</param>
    /// <param name="curvature">Λ of an observed site at its arguments.</param>
    /// <param name="blocks">The blocks, zero before.</param>
    /// <exception cref="ArithmeticException">The curvature of a row is not finite.</exception>
    public static void Gather(CurvaturePoint point, CurvaturePlan plan, Func<LikelihoodArguments, Tensor, Tensor> curvature, EqArray<CurvatureBlock> blocks)
    {
        if (blocks.IsEmpty) return;
        if (!plan.ByRow.IsEmpty)
        {
            using var rows = new Passes(point, plan, curvature, blocks, byRow: true);
            rows.Walk();
        }
        if (plan.Chunk.Likelihood.All(a => plan.ByRow.Contains(a.Site.Name))) return;
        using var whole = new Passes(point, plan, curvature, blocks, byRow: false);
        whole.Walk();
    }

    /// <summary>Compiles what <see cref="Gather"/> would run, for a backend that only plans.</summary>
    public static void Compile(CurvaturePoint point, CurvaturePlan plan, Func<LikelihoodArguments, Tensor, Tensor> curvature, EqArray<CurvatureBlock> blocks)
    {
        if (blocks.IsEmpty) return;
        if (!plan.ByRow.IsEmpty) new Passes(point, plan, curvature, blocks, byRow: true).Dispose();
        if (plan.Chunk.Likelihood.Any(a => !plan.ByRow.Contains(a.Site.Name))) new Passes(point, plan, curvature, blocks, byRow: false).Dispose();
    }

    // The outcomes that have terms of their own for each row, or those that have not, which count as one row.
    private sealed class Passes : IDisposable
    {
        private readonly CurvaturePoint _point;
        private readonly CurvatureGraph _graph;
        private readonly int _total, _count;
        private readonly InformationPass _information;
        private readonly JacobianPass? _jacobians;
        private readonly KroneckerPass? _factors;

        public Passes(CurvaturePoint point, CurvaturePlan plan, Func<LikelihoodArguments, Tensor, Tensor> curvature, EqArray<CurvatureBlock> blocks, bool byRow)
        {
            var (joint, products) = (blocks.Where(b => b is not KroneckerBlock).ToEqArray(), blocks.OfType<KroneckerBlock>().ToEqArray());
            bool Own(LikelihoodArguments a) => plan.ByRow.Contains(a.Site.Name) == byRow;
            (_point, _total, _count) = (point, plan.Model.Rows, byRow ? plan.ChunkRows : plan.Model.Rows);
            _graph = byRow ? plan.Chunk : new CurvatureGraph(plan.Model, plan.Model.Rows);
            var own = _graph.Likelihood.Where(Own).ToEqArray();
            _information = new(point, _graph, own, curvature, byRow ? _count : 1);
            _jacobians = joint.IsEmpty ? null : new(point, byRow ? new CurvatureGraph(plan.Model, 1) : _graph, Own, joint, byRow ? _count : null);
            _factors = products.IsEmpty || !byRow ? null : new(point, _graph, own, products, _count);
        }

        public void Walk()
        {
            CurvatureRun[] runs = [_information.Run, .. _jacobians is null ? [] : new[] { _jacobians.Run }, .. _factors is null ? [] : _factors.Runs];
            foreach (var run in runs) _point.WriteTo(run);
            for (var first = 0; first < _total; first += _count)
            {
                var present = Math.Min(_count, _total - first);
                foreach (var run in runs) _point.WriteRows(run, _graph, first, _count);
                var roots = _information.Roots(present);
                _factors?.AddInputs(present);
                for (var k = 0; k < _information.Vectors; k++)
                {
                    var cotangents = _information.Cotangents(roots, k);
                    _jacobians?.Add(cotangents);
                    _factors?.AddOutputs(cotangents);
                }
            }
        }

        public void Dispose()
        {
            _information.Dispose();
            _jacobians?.Dispose();
            _factors?.Dispose();
        }
    }
}

"""The one table of explainers; the app, the harness and the tests read the same one."""

from openbox.explainers.entry import CONTRIBUTION, SLOPE, Entry

EXPLAINERS: dict[str, Entry] = {
    "openbox": Entry(
        "OpenBox", "exact contributions w*x", True, CONTRIBUTION, "exact.contributions:Contributions",
        "exact", opens=True,
    ),
    "openbox_weights": Entry(
        "OpenBox weights", "exact slope w", True, SLOPE, "exact.weights:Weights", "exact", opens=True,
    ),
    "decision_features": Entry(
        "Decision features", "exact slope against the mean of the other classes", True, SLOPE,
        "exact.decision_features:DecisionFeatures", "exact", against_others=True, opens=True,
    ),
    "openbox_reference": Entry(
        "OpenBox against the mean", "exact contributions w*(x - z) against the mean reference image", True,
        CONTRIBUTION, "exact.reference:Reference", "exact", opens=True,
    ),
    "integrated_gradients": Entry(
        "Integrated gradients, exact", "slope w times (x - z), integrated on the way from a baseline z",
        True, CONTRIBUTION, "exact.integrated_gradients:IntegratedGradients", "exact",
        settings="IntegratedSettings", opens=True,
    ),
    "openbox_noise": Entry(
        "OpenBox, noise average", "contributions w*x, averaged over the pieces around the image", True,
        CONTRIBUTION, "exact.noise_average:NoiseAverage", "exact", settings="NoiseSettings", opens=True,
    ),
    "openbox_expected": Entry(
        "OpenBox, expected", "contributions w*(x - z), averaged on the way from reference images", True,
        CONTRIBUTION, "exact.expected:Expected", "exact", settings="ExpectedSettings", opens=True,
    ),
    "openbox_neighbourhood": Entry(
        "OpenBox neighbourhood",
        "the same for the target against the mean of the others, over places and neighbouring pixels", True,
        CONTRIBUTION, "exact.neighbourhood:Neighbourhood", "exact", settings="NeighbourhoodSettings",
        against_others=True, opens=True,
    ),
    "sensitivity": Entry(
        "Sensitivity", "squared gradient", False, "squared logits per squared unit of the pixel",
        "sensitivity.gradients:Sensitivity", "sensitivity",
    ),
    "gradient_x_input": Entry(
        "Gradient x input", "PyTorch's gradient times the pixel", True, CONTRIBUTION,
        "sensitivity.gradients:GradientXInput", "sensitivity",
    ),
    "smoothgrad": Entry(
        "SmoothGrad", "mean gradient under noise", True, SLOPE, "sensitivity.noise_tunnel:SmoothGrad",
        "sensitivity", settings="TunnelSettings",
    ),
    "vargrad": Entry(
        "VarGrad", "variance of the gradient under noise", False,
        "squared logits per squared unit of the pixel", "sensitivity.noise_tunnel:VarGrad", "sensitivity",
        settings="TunnelSettings",
    ),
    "deconvolution": Entry(
        "Deconvolution", "what is positive on the way back through each ReLU", True, "arbitrary",
        "reversal.hooks:Deconvolution", "reversal", opens=True,
    ),
    "guided_backprop": Entry(
        "Guided backpropagation", "the same, and only where the ReLU is on", True, "arbitrary",
        "reversal.hooks:GuidedBackprop", "reversal", opens=True,
    ),
    "guided_gradcam": Entry(
        "Guided Grad-CAM", "guided backpropagation times Grad-CAM", True, "arbitrary",
        "reversal.hooks:GuidedGradCam", "reversal", opens=True,
    ),
    "deeplift": Entry(
        "DeepLIFT", "differences from the black image, shared out layer by layer", True, CONTRIBUTION,
        "reversal.deeplift:DeepLift", "reversal", opens=True,
    ),
    "lrp": Entry(
        "LRP", "the score, handed back layer by layer", True, CONTRIBUTION, "reversal.lrp:Lrp", "reversal",
        settings="LrpSettings", opens=True,
    ),
    "excitation_backprop": Entry(
        "Excitation backpropagation", "probabilities of winning, handed back along positive weights", False,
        "probability", "reversal.lrp:ExcitationBackprop", "reversal", opens=True,
    ),
    "pattern_net": Entry(
        "PatternNet", "the signal in the image that the score is made of", True, "arbitrary",
        "reversal.pattern_net:PatternNet", "reversal", opens=True,
    ),
    "pattern_attribution": Entry(
        "PatternAttribution", "how much of the score the signal at a pixel makes", True, "arbitrary",
        "reversal.pattern_net:PatternAttribution", "reversal", opens=True,
    ),
    "shap": Entry(
        "SHAP (gradient)", "gradients against reference images", True, CONTRIBUTION,
        "paths.gradient_shap:GradientShap", "paths", settings="GradientSettings",
    ),
    "expected_gradients": Entry(
        "Expected gradients", "the same, at points drawn with replacement", True, CONTRIBUTION,
        "paths.expected_gradients:ExpectedGradients", "paths", settings="DrawSettings",
    ),
    "gradcam": Entry(
        "Grad-CAM", "weighted activations of a late layer", False, "share of its maximum",
        "class_maps.gradcam:GradCam", "class_maps",
    ),
    "gradcam_plusplus": Entry(
        "Grad-CAM++", "the same with weights for positive slopes only", False, "share of its maximum",
        "class_maps.gradcam:GradCamPlusPlus", "class_maps",
    ),
    "hires_cam": Entry(
        "HiResCAM", "each activation times its own slope", True, CONTRIBUTION,
        "class_maps.gradcam:HiResCam", "class_maps",
    ),
    "layer_cam": Entry(
        "LayerCAM", "each activation times its own positive slope", False, "share of its maximum",
        "class_maps.gradcam:LayerCam", "class_maps",
    ),
    "score_cam": Entry(
        "Score-CAM", "activations weighted by the score of what shows through them", False,
        "share of its maximum", "class_maps.gradcam:ScoreCam", "class_maps",
    ),
    "full_grad": Entry(
        "FullGrad", "gradients of the input and of every bias", False, "arbitrary",
        "class_maps.full_grad:FullGrad", "class_maps", opens=True,
    ),
    "lime": Entry(
        "LIME", "local surrogate on patches", True, "logits per patch", "perturbation.lime:Lime",
        "perturbation", settings="LimeSettings",
    ),
    "shap_partition": Entry(
        "SHAP (partition)", "Owen values against the blurred image", True, CONTRIBUTION,
        "perturbation.partition_shap:PartitionShap", "perturbation", settings="PartitionSettings",
    ),
    "kernel_shap": Entry(
        "SHAP (kernel)", "Shapley values of patches against the black image", True, CONTRIBUTION,
        "perturbation.kernel_shap:KernelShap", "perturbation", settings="KernelSettings",
    ),
    "occlusion": Entry(
        "Occlusion", "loss of score under a moving window", True, CONTRIBUTION,
        "perturbation.occlusion:Occlusion", "perturbation", settings="OcclusionSettings",
    ),
    "rise": Entry(
        "RISE", "score of images that show through random masks", True, CONTRIBUTION,
        "perturbation.rise:Rise", "perturbation", settings="RiseSettings",
    ),
    "meaningful_perturbation": Entry(
        "Meaningful perturbation", "the smallest blur that destroys the score", False,
        "share that is blurred", "perturbation.meaningful:MeaningfulPerturbation", "perturbation",
        settings="MeaningfulSettings",
    ),
    "random": Entry(
        "Random", "standard normal noise", True, "arbitrary", "baselines.random:Random", "baseline",
    ),
    "edges": Entry(
        "Edges", "Sobel magnitude of the image", False, "arbitrary", "baselines.edges:Edges", "baseline",
    ),
}  # fmt: skip
